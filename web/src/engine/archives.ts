// The way to what packs archives: a wasm file of its own, loaded with the first one that somebody takes.
import type { Call, Calls } from "./calls.ts";
import { Lane } from "./client.ts";

type Archives = Extract<Call, "pack" | "zip">;

const lane = new Lane(
  () => new Worker(new URL("archives.worker.ts", import.meta.url), { type: "module" }),
  () => undefined,
  () => lane.giveUp(),
);

export const askArchives = async <C extends Archives>(call: C, request: Calls[C][0]): Promise<Calls[C][1]> => lane.ask(call, request);

// The way to what plays and plans: a wasm file of its own, loaded with the first question.
import type { Call, Calls } from "./calls.ts";
import { Lane } from "./client.ts";

type Ahead = Extract<Call, "scenarios" | "play" | "attach" | "attached" | "plan">;

const lane = new Lane(
  () => new Worker(new URL("ahead.worker.ts", import.meta.url), { type: "module" }),
  () => undefined,
  () => lane.giveUp(),
);

export const askAhead = async <C extends Ahead>(call: C, request: Calls[C][0]): Promise<Calls[C][1]> => lane.ask(call, request);

// The way to what plays and plans.
import { part } from "./part.ts";

export const askAhead = part<"scenarios" | "play" | "attach" | "attached" | "plan">(
  () => new Worker(new URL("ahead.worker.ts", import.meta.url), { type: "module" }),
);

// A part of the engine that is a wasm file of its own, loaded with the first question.
import type { Call, Calls } from "./calls.ts";
import { Lane } from "./client.ts";

/** How the calls of a part are asked, whose worker is made when somebody does. */
export function part<C extends Call>(make: () => Worker): <K extends C>(call: K, request: Calls[K][0]) => Promise<Calls[K][1]> {
  const lane = new Lane(make);
  return async (call, request) => lane.ask(call, request);
}

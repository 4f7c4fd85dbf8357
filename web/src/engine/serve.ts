/// <reference lib="webworker" />
// What runs in a worker: one question after the other, so that the page never waits.
import type { Question, Reply } from "./calls.ts";

declare const self: DedicatedWorkerGlobalScope;

/**
 * By which answers go. Chromium keeps back what a worker posts after a key until the frame of that key has begun, up to
 * 17 ms; what comes by a channel it does not. The name is told to the page alone, and others of its origin cannot guess it.
 */
const channel = String(crypto.getRandomValues(new BigUint64Array(2)));
const answers = new BroadcastChannel(channel);
const reply = (message: Reply): void => answers.postMessage(message);
const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Answers with the functions of a wasm file, once that is there. */
export async function serve(load: Promise<unknown>, file: object): Promise<void> {
  type Answer = string | Uint8Array;
  const calls = file as Record<string, ((request: string) => Answer | Promise<Answer>) | undefined>;
  const answer = async ({ id, call, request }: Question): Promise<void> => {
    const ask = calls[call];
    if (ask === undefined) {
      reply({ id, error: "missing" });
      return;
    }
    try {
      reply({ id, answer: await ask(request) });
    } catch (error) {
      // Errors of the engine are errors of JavaScript; anything else thrown is a panic, after which it must not be used.
      if (error instanceof Error && !(error instanceof WebAssembly.RuntimeError)) reply({ id, error: error.message });
      else reply({ id, broken: told(error) });
    }
  };
  try {
    await load;
    self.addEventListener("message", (event: MessageEvent<Question>) => void answer(event.data));
    self.postMessage({ ready: channel } satisfies Reply);
  } catch (error) {
    self.postMessage({ id: null, broken: told(error) } satisfies Reply);
  }
}

/// <reference lib="webworker" />
// Where the engine runs: one question after the other, so that the page never waits.
import type { Question, Reply } from "./calls.ts";
import init, * as engine from "./wasm/engine.js";

declare const self: DedicatedWorkerGlobalScope;

const reply = (message: Reply): void => self.postMessage(message);
const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const calls = engine as unknown as Record<string, ((request: string) => string | Uint8Array) | undefined>;

function answer({ id, call, request }: Question): void {
  const ask = calls[call];
  if (ask === undefined) {
    reply({ id, error: "missing" });
    return;
  }
  try {
    reply({ id, answer: ask(request) });
  } catch (error) {
    // Errors of the engine are errors of JavaScript; anything else thrown is a panic, after which it must not be used.
    if (error instanceof Error && !(error instanceof WebAssembly.RuntimeError)) reply({ id, error: error.message });
    else reply({ id, broken: told(error) });
  }
}

try {
  await init({ module_or_path: new URL("wasm/engine_bg.wasm", import.meta.url) });
  self.addEventListener("message", (event: MessageEvent<Question>) => answer(event.data));
  reply({ ready: true });
} catch (error) {
  reply({ id: null, broken: told(error) });
}

// The only way to the engine. A question of a kind that is asked again makes the earlier one late: it is not sent any
// more if it still waits, and its answer is dropped if it is under way.
import { signal } from "@preact/signals";
import type { Call, Calls, Question, Reply } from "./calls.ts";

export type EngineState = "loading" | "ready" | "unavailable";
export const engineState = signal<EngineState>("loading");
/** What the engine said when it broke last: shown, with a way to report it, until somebody closes it. */
export const broken = signal<string | null>(null);
/** How long the last preview took, from question to answer, in milliseconds. */
export const took = signal(0);

/** Answers that will not come: a later question took the place of this one. */
export class Late extends Error {}
/** The engine does not know the call. */
export class Missing extends Error {}

interface Waiting extends Question {
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
  asked: number;
}

/** Longer than this no answer is waited for once another question is there. */
const PATIENCE = 3000;

let worker: Worker | null = null;
let isReady = false;
let next = 1;
let current: Waiting | null = null;
let queue: Waiting[] = [];
let starts = 0;

export function startEngine(): void {
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
    engineState.value = "unavailable";
    return;
  }
  starts += 1;
  isReady = false;
  worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", (event: MessageEvent<Reply>) => receive(event.data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    breakDown(event.message || "worker");
  });
}

function restart(): void {
  worker?.terminate();
  if (current !== null) current.reject(new Late());
  current = null;
  startEngine();
}

function breakDown(message: string): void {
  // What never got ready will not the next time either.
  if (!isReady) {
    worker?.terminate();
    engineState.value = "unavailable";
    broken.value = message;
    for (const waiting of queue) waiting.reject(new Missing());
    queue = [];
    return;
  }
  broken.value = message;
  current?.reject(new Error(message));
  current = null;
  if (starts < 20) restart();
}

function receive(reply: Reply): void {
  if ("ready" in reply) {
    isReady = true;
    engineState.value = "ready";
    send();
    return;
  }
  if ("broken" in reply) {
    breakDown(reply.broken);
    return;
  }
  if (current === null || reply.id !== current.id) return;
  const asked = current;
  current = null;
  if (asked.call === "preview") took.value = performance.now() - asked.asked;
  const isLate = LATEST.has(asked.call) && queue.some((waiting) => waiting.call === asked.call);
  if (isLate) asked.reject(new Late());
  else if ("error" in reply) asked.reject(reply.error === "missing" ? new Missing() : new Error(reply.error));
  else if (typeof reply.answer !== "string") asked.resolve(reply.answer);
  else {
    const answer: unknown = JSON.parse(reply.answer);
    const error = typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
    if (typeof error === "string") asked.reject(new Error(error));
    else asked.resolve(answer);
  }
  send();
}

function send(): void {
  if (!isReady || current !== null) return;
  const waiting = queue.shift();
  if (waiting === undefined) return;
  current = waiting;
  waiting.asked = performance.now();
  const { id, call, request } = waiting;
  worker?.postMessage({ id, call, request } satisfies Question);
}

/** Kinds of which only the last question matters. The others are answered in turn. */
const LATEST: ReadonlySet<Call> = new Set<Call>(["preview", "origins", "diff", "share", "commands"]);

export async function ask<C extends Call>(call: C, request: Calls[C][0]): Promise<Calls[C][1]> {
  if (engineState.value === "unavailable") throw new Missing();
  const id = next++;
  if (LATEST.has(call)) {
    for (const late of queue) if (late.call === call) late.reject(new Late());
    queue = queue.filter((waiting) => waiting.call !== call);
    if (current?.call === call) {
      if (performance.now() - current.asked > PATIENCE) restart();
      else watch(current);
    }
  }
  return new Promise<Calls[C][1]>((resolve, reject) => {
    const settle = resolve as (answer: unknown) => void;
    queue.push({ id, call, request: JSON.stringify(request), resolve: settle, reject, asked: performance.now() });
    send();
  });
}

/** A question that keeps later ones waiting is given up in the end. */
function watch(late: Waiting): void {
  setTimeout(() => {
    if (current === late && queue.length > 0) restart();
  }, PATIENCE);
}

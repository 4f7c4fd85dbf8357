// The only way to the engine. A question of a kind that is asked again makes the earlier one late: it is not sent any
// more if it still waits, and its answer is dropped if it is under way.
//
// There are two workers: what is asked at every keystroke must not wait for what renders some hundred times.
import { signal } from "@preact/signals";
import { type Call, type Calls, type Question, read, type Reply } from "./calls.ts";

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
  sent: number;
}

/** Kinds of which only the last question matters. The others are answered in turn. */
const LATEST: ReadonlySet<Call> = new Set<Call>(["preview", "origins", "diff", "share", "commands", "simulator", "play", "plan"]);
const SLOW: ReadonlySet<Call> = new Set<Call>(["origins", "diff", "manifests", "simulator"]);
/** Longer than this, in milliseconds, no answer is waited for once a later question of its kind is there. */
const PATIENCE = 3000;
/** An engine that breaks so often is not started again. */
const MOST_STARTS = 20;

let next = 1;

/** A worker, and the questions that wait for it. */
export class Lane {
  #worker: Worker | null = null;
  #isReady = false;
  #starts = 0;
  #current: Waiting | null = null;
  #queue: Waiting[] = [];

  constructor(
    private readonly make: () => Worker,
    private readonly onReady: () => void,
    private readonly onUnavailable: () => void,
  ) {}

  start(): void {
    this.#starts += 1;
    this.#isReady = false;
    const worker = this.make();
    this.#worker = worker;
    worker.addEventListener("message", (event: MessageEvent<Reply>) => this.#receive(event.data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#breakDown(event.message || "worker");
    });
  }

  async ask<C extends Call>(call: C, request: Calls[C][0]): Promise<Calls[C][1]> {
    return new Promise<Calls[C][1]>((resolve, reject) => {
      const settle = resolve as (answer: unknown) => void;
      this.#take({ id: next++, call, request: JSON.stringify(request), resolve: settle, reject, sent: 0 });
    });
  }

  #take(question: Waiting): void {
    if (this.#worker === null) this.start();
    if (LATEST.has(question.call)) {
      for (const late of this.#queue) if (late.call === question.call) late.reject(new Late());
      this.#queue = this.#queue.filter((waiting) => waiting.call !== question.call);
      if (this.#current?.call === question.call) this.#watch(this.#current);
    }
    this.#queue.push(question);
    this.#send();
  }

  giveUp(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const waiting of this.#queue) waiting.reject(new Missing());
    this.#queue = [];
  }

  /** A question under way that keeps a later one of its kind waiting is given up in the end. */
  #watch(late: Waiting): void {
    const left = late.sent + PATIENCE - performance.now();
    setTimeout(() => {
      if (this.#current === late) this.#restart(new Late());
    }, left);
  }

  #restart(why: Error): void {
    this.#worker?.terminate();
    this.#current?.reject(why);
    this.#current = null;
    if (this.#starts < MOST_STARTS) this.start();
    else this.onUnavailable();
  }

  #breakDown(message: string): void {
    broken.value = message;
    // What never got ready will not the next time either.
    if (this.#isReady) this.#restart(new Error(message));
    else this.onUnavailable();
  }

  #receive(reply: Reply): void {
    if ("ready" in reply) {
      this.#isReady = true;
      this.onReady();
      this.#send();
    } else if ("broken" in reply) this.#breakDown(reply.broken);
    else if (reply.id === this.#current?.id) {
      this.#answer(this.#current, reply);
      this.#current = null;
      this.#send();
    }
  }

  #answer(asked: Waiting, reply: Exclude<Reply, { ready: true } | { broken: string }>): void {
    if (LATEST.has(asked.call) && this.#queue.some((waiting) => waiting.call === asked.call)) {
      asked.reject(new Late());
      return;
    }
    if (asked.call === "preview" || asked.call === "edit") took.value = performance.now() - asked.sent;
    if ("error" in reply) asked.reject(reply.error === "missing" ? new Missing() : new Error(reply.error));
    else if (typeof reply.answer !== "string") asked.resolve(reply.answer);
    else {
      const answer = read(reply.answer);
      const error = typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
      if (typeof error === "string") asked.reject(new Error(error));
      else asked.resolve(answer);
    }
  }

  #send(): void {
    if (!this.#isReady || this.#current !== null) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    this.#current = waiting;
    waiting.sent = performance.now();
    const { id, call, request } = waiting;
    this.#worker?.postMessage({ id, call, request } satisfies Question);
  }
}

function unavailable(): void {
  engineState.value = "unavailable";
  quick.giveUp();
  slow.giveUp();
}

const engine = (): Worker => new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
const quick = new Lane(
  engine,
  () => {
    engineState.value = "ready";
  },
  unavailable,
);
const slow = new Lane(engine, () => undefined, unavailable);

export function startEngine(): void {
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") engineState.value = "unavailable";
  else quick.start();
}

export async function ask<C extends Call>(call: C, request: Calls[C][0]): Promise<Calls[C][1]> {
  if (engineState.value === "unavailable") throw new Missing();
  return (SLOW.has(call) ? slow : quick).ask(call, request);
}

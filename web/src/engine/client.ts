// The only way to the engine. A question of a kind that is asked again makes the earlier one late: it is not sent any
// more if it still waits, and its answer is dropped if it is under way.
//
// There are two workers: what is asked at every keystroke must not wait for what renders some hundred times.
import { signal } from "@preact/signals";
import { TEXT } from "../text.ts";
import { type Call, type Calls, type Question, read, type Reply } from "./calls.ts";

/** Unavailable: this browser has no way to run it. Failed: it could not be loaded, or breaks again and again. */
type EngineState = "loading" | "ready" | "unavailable" | "failed";
export const engineState = signal<EngineState>("loading");
/** Whether there will be no answers. */
export const isGone = (): boolean => engineState.value === "unavailable" || engineState.value === "failed";
/** What the engine said when it broke last: shown, with a way to report it, until somebody closes it. */
export const broken = signal<string | null>(null);
/** How long the last preview took, from question to answer, in milliseconds. */
export const took = signal(0);

/** Answers that will not come: a later question took the place of this one. */
export class Late extends Error {}
/** There is no engine, or it does not know the call. */
export class Missing extends Error {
  constructor() {
    super(TEXT.engine.missing);
  }
}
/** The engine broke over the question, and was started again. */
export class Broken extends Error {}
/** What there is to say about an answer that did not come; nothing when it was only late. */
export const told = (error: unknown): string | null =>
  error instanceof Late ? null : error instanceof Error ? error.message : String(error);

interface Waiting extends Question {
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
  sent: number;
}

/** Kinds of which only the last question matters. The others are answered in turn. */
const LATEST: ReadonlySet<Call> = new Set<Call>(["preview", "origins", "diff", "share", "commands", "simulator", "play", "faults", "plan"]);
const SLOW: ReadonlySet<Call> = new Set<Call>(["origins", "diff", "manifests", "simulator"]);
/** Longer than this, in milliseconds, no answer is waited for once a later question of its kind is there. */
const PATIENCE = 3000;
/** An engine that breaks so often without an answer in between is not started again. */
const MOST_BREAKS = 20;

let next = 1;

/** A worker, and the questions that wait for it. */
export class Lane {
  #worker: Worker | null = null;
  #answers: BroadcastChannel | null = null;
  #isReady = false;
  #breaks = 0;
  #current: Waiting | null = null;
  #queue: Waiting[] = [];

  constructor(
    private readonly make: () => Worker,
    private readonly onReady: () => void = () => undefined,
    private readonly onGone: (why: string) => void = () => undefined,
  ) {}

  start(): void {
    this.#isReady = false;
    const worker = this.make();
    this.#worker = worker;
    this.#hear(worker);
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#breakDown(event.message || "worker");
    });
  }

  #hear(from: Worker | BroadcastChannel): void {
    from.addEventListener("message", (event) => this.#receive((event as MessageEvent<Reply>).data));
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#answers?.close();
    this.#answers = null;
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

  /** Nothing that was asked will be answered; what is asked next tries anew. */
  giveUp(): void {
    this.#end();
    const asked = [this.#current, ...this.#queue];
    this.#current = null;
    this.#queue = [];
    for (const one of asked) one?.reject(new Missing());
  }

  /** A question under way that keeps a later one of its kind waiting is given up in the end. */
  #watch(late: Waiting): void {
    const left = late.sent + PATIENCE - performance.now();
    setTimeout(() => {
      if (this.#current === late) this.#restart(new Late());
    }, left);
  }

  #restart(why: Error): void {
    this.#end();
    this.#current?.reject(why);
    this.#current = null;
    this.start();
  }

  #breakDown(message: string): void {
    this.#breaks += 1;
    // What never got ready will not at once.
    if (this.#isReady && this.#breaks < MOST_BREAKS) {
      broken.value = message;
      this.#restart(new Broken(message));
    } else {
      this.giveUp();
      this.onGone(message);
    }
  }

  #receive(reply: Reply): void {
    if ("ready" in reply) {
      this.#answers = new BroadcastChannel(reply.ready);
      this.#hear(this.#answers);
      this.#isReady = true;
      this.onReady();
      this.#send();
    } else if ("broken" in reply) this.#breakDown(reply.broken);
    else if (reply.id === this.#current?.id) {
      this.#breaks = 0;
      this.#answer(this.#current, reply);
      this.#current = null;
      this.#send();
    }
  }

  #answer(asked: Waiting, reply: Exclude<Reply, { ready: string } | { broken: string }>): void {
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

/** How the calls of a part are asked: a wasm file of its own, whose worker is made with the first question. */
export function part<C extends Call>(make: () => Worker): <K extends C>(call: K, request: Calls[K][0]) => Promise<Calls[K][1]> {
  const lane = new Lane(make);
  return async (call, request) => lane.ask(call, request);
}

const engine = (): Worker => new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
const quick = new Lane(
  engine,
  () => {
    engineState.value = "ready";
  },
  (why) => {
    broken.value = why;
    engineState.value = "failed";
  },
);
const slow = new Lane(engine);

export function startEngine(): void {
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") engineState.value = "unavailable";
  else quick.start();
}

export async function ask<C extends Call>(call: C, request: Calls[C][0]): Promise<Calls[C][1]> {
  if (isGone()) throw new Missing();
  return (SLOW.has(call) ? slow : quick).ask(call, request);
}

/** The way to what plays and plans. */
export const askAhead = part<"scenarios" | "play" | "faults" | "attach" | "attached" | "plan">(
  () => new Worker(new URL("ahead.worker.ts", import.meta.url), { type: "module" }),
);

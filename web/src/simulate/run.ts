// What is played: the scenario, what came of it, and the moment that is shown.
import { batch, computed, effect, signal } from "@preact/signals";
import { ask, askAhead, told } from "../engine/client.ts";
import type { Json, Offered, Played, State, Trace, What } from "../engine/types.ts";
import { wantedScenario } from "../page/views.ts";
import { scenarioPart } from "../share/link.ts";
import type { Document } from "../state/document.ts";
import { keep } from "../state/json.ts";
import { afterPause } from "../state/pause.ts";
import { isStale, settled } from "../state/result.ts";
import { simulatorOf } from "../state/simulator.ts";
import { load, save, whenChanged } from "../state/store.ts";
import { AHEAD } from "../text.ahead.ts";

const TEXT = AHEAD.simulate;

/** The scenarios of one's own have no name in the list. */
export const OWN = "";
export const EARLIER = " ";
const EMPTY = "name: mine\nsteps: []\n";
/** The same scenario comes out the same each time. */
const SEED = 1;

const isText = (value: unknown): value is string => typeof value === "string";

/** Whether the view is to be seen: nothing is asked for while it is not. */
export const isOpen = signal(false);
export const offered = signal<readonly Offered[]>([]);
const wish = signal(load("scenario.chosen", isText) ?? "leader-kill");
/** The wish, unless a smaller cluster has no pods for it. */
export const chosen = computed(() => {
  const isKnown = [OWN, EARLIER, ...offered.value.map(({ name }) => name)].includes(wish.value);
  return isKnown ? wish.value : (offered.value[0]?.name ?? wish.value);
});
export const own = signal(load("scenario", isText) ?? EMPTY);
/** What stood in its place before a link brought another one. */
export const earlier = signal(load("scenario.earlier", isText));
export const text = computed(() => {
  if (chosen.value === OWN) return own.value;
  if (chosen.value === EARLIER) return earlier.value;
  return offered.value.find((scenario) => scenario.name === chosen.value)?.text ?? null;
});

export const played = signal<Played | null>(null);
/** The last run of a scenario without mistakes. */
export const trace = signal<Trace | null>(null);
/** Whether that is an earlier one, because what is written now has mistakes. */
export const isBefore = computed(() => trace.value !== null && (played.value?.findings.length ?? 0) > 0);
export const failure = signal<string | null>(null);
/** Why the scenario of a link could not be had. */
export const linkFailure = signal<string | null>(null);

/** The moment that is shown, in milliseconds. */
export const now = signal(0);
/** As far as the timeline goes: what comes to rest may be disturbed again. */
export const span = computed(() => Math.max(20_000, (trace.value?.lasts ?? 0) + 5_000));
export const speed = signal(5);
export const isPlaying = signal(false);

/** The last of some moments that is not after a time. */
function lastBefore(moments: readonly number[], time: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const starts = computed(() => (trace.value?.states ?? []).map((state) => state.from));
/** How the cluster is at that moment. */
export const state = computed<State | null>(() => trace.value?.states[Math.max(0, lastBefore(starts.value, now.value))] ?? null);
const times = computed(() => (trace.value?.events ?? []).map((event) => event.at));
/** The last event until then; -1 before the first. */
export const event = computed(() => lastBefore(times.value, now.value));

/** What was played last: a change that was tried is not played again to be shown. */
let last: { of: Json; scenario: string; answer: Promise<Played> } | null = null;
async function run(of: Json, scenario: string): Promise<Played> {
  if (last?.of !== of || last.scenario !== scenario) {
    last = { of, scenario, answer: askAhead("play", { simulator: of, text: scenario, seed: SEED }) };
  }
  return last.answer;
}

const fail = (error: unknown): void => {
  last = null;
  failure.value = told(error) ?? failure.value;
};

// What follows from what. Once the module is there it stays.
const simulator = signal<Json>(null);
let simulated: Document | null = null;
effect(() => {
  const present = settled.value;
  if (!isOpen.value || present === null || isStale.value || present === simulated) return undefined;
  return afterPause(() => {
    simulatorOf(present).then((answer) => {
      simulated = present;
      if (answer !== null) simulator.value = keep(simulator.value, answer);
    }, fail);
  });
});
effect(() => {
  const of = simulator.value;
  if (of === null) return;
  askAhead("scenarios", { simulator: of }).then((answer) => {
    offered.value = keep(offered.value, answer);
  }, fail);
});
let playing: Promise<void> = Promise.resolve();
effect(() => {
  const [of, scenario] = [simulator.value, text.value];
  if (of === null || scenario === null) return;
  playing = run(of, scenario).then((answer) => {
    batch(() => {
      failure.value = null;
      played.value = answer;
      if (answer.trace === null) pause();
      else trace.value = answer.trace;
      now.value = Math.min(now.peek(), span.value);
    });
  }, fail);
});
whenChanged(wish, (name) => save("scenario.chosen", name));
whenChanged(own, (scenario) => save("scenario", scenario));
whenChanged(earlier, (scenario) => save("scenario.earlier", scenario));
/** The scenario of one's own that the address carries. */
const carried = computed(() => (chosen.value === OWN && own.value !== EMPTY && played.value?.scenario ? own.value : null));
effect(() => {
  const mine = carried.value;
  if (mine === null) scenarioPart.value = "";
  else {
    askAhead("attach", { link: "", text: mine }).then(({ link }) => {
      if (carried.peek() === mine) scenarioPart.value = link;
    }, fail);
  }
});
effect(() => {
  const link = wantedScenario.value;
  if (link === null) return;
  if (link === "") {
    wantedScenario.value = null;
    choose(OWN);
    return;
  }
  askAhead("attached", { link }).then((answer) => {
    wantedScenario.value = null;
    if (answer === null) return;
    batch(() => {
      if (own.value !== EMPTY && own.value !== answer) earlier.value = own.value;
      own.value = answer;
      choose(OWN);
    });
  }, (error: unknown) => {
    wantedScenario.value = null;
    linkFailure.value = told(error);
  });
});

export function choose(name: string): void {
  pause();
  batch(() => {
    linkFailure.value = null;
    wish.value = name;
    now.value = 0;
  });
}

/** Takes a text as one's own scenario. One that it takes the place of stays to be chosen. */
function take(to: string): void {
  batch(() => {
    if (chosen.value !== OWN && own.value !== EMPTY) earlier.value = own.value;
    own.value = to;
    wish.value = OWN;
  });
}

/** Somebody types in the text of the scenario that is chosen. */
export function write(to: string): void {
  pause();
  take(to);
}

let edits: Promise<void> = Promise.resolve();
/** Changes one's own scenario, one change after the other; one that is built in becomes one's own. */
function change(path: (steps: number) => string, value?: Json): void {
  const work = async (): Promise<void> => {
    await playing;
    const scenario = played.peek()?.scenario;
    if (!scenario) throw new Error(TEXT.invalid);
    let base = text.peek() ?? EMPTY;
    if (chosen.peek() !== OWN) {
      base = (await ask("edit", { text: EMPTY, path: "/steps", value: scenario.steps as unknown as Json })).text;
      if (scenario.fromNothing) base = (await ask("edit", { text: base, path: "/fromNothing", value: true })).text;
    }
    const request = { text: base, path: path(scenario.steps.length) };
    const { text: changed } = await ask("edit", value === undefined ? request : { ...request, value });
    const tried = await run(simulator.peek(), changed);
    if (tried.scenario === null) throw new Error(tried.findings[0]?.message ?? TEXT.invalid);
    failure.value = null;
    take(changed);
  };
  edits = edits.then(work).catch(fail);
}

/** Makes something happen at the moment that is shown. */
export function act(what: What, name: string): void {
  const at = `${Math.round(now.peek() / 100) / 10}s`;
  pause();
  change((steps) => `/steps/${steps}`, { at, what, which: [name] });
}

/** Takes a step out. */
export function remove(index: number): void {
  pause();
  change(() => `/steps/${index}`);
}

/** What passes at most between two frames, in milliseconds: a hidden tab has none. */
const LONGEST = 100;
const isStill = matchMedia("(prefers-reduced-motion: reduce)");
let frame = 0;
/** The clock, which `now` follows. */
let clock = 0;

export function play(): void {
  if (now.peek() >= span.peek()) now.value = 0;
  clock = now.peek();
  isPlaying.value = true;
  let before = performance.now();
  const tick = (at: number): void => {
    // A frame may have begun before the click, and may come long after the last one.
    clock += Math.min(Math.max(at - before, 0), LONGEST) * speed.peek();
    before = at;
    if (clock >= span.peek()) {
      now.value = span.peek();
      isPlaying.value = false;
      return;
    }
    // Who wants no motion sees one event after the other.
    now.value = isStill.matches ? Math.max(now.peek(), times.peek()[lastBefore(times.peek(), clock)] ?? 0) : clock;
    frame = requestAnimationFrame(tick);
  };
  frame = requestAnimationFrame(tick);
}

export function pause(): void {
  cancelAnimationFrame(frame);
  isPlaying.value = false;
}

export function seek(time: number): void {
  clock = Math.max(0, Math.min(span.peek(), time));
  now.value = clock;
}

/** To the event before, or to the next one. */
export function step(by: -1 | 1): void {
  pause();
  const all = [0, ...times.peek(), span.peek()];
  const next = by === 1 ? all.find((time) => time > now.peek()) : all.findLast((time) => time < now.peek());
  if (next !== undefined) seek(next);
}

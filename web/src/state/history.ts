// Undo and redo over the whole state. Pure: the page holds the value in a signal.

export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What changed the present last, and when, and since when: typing in one place is one step. */
  readonly by: string;
  readonly time: number;
  readonly since: number;
}

/** A pause of this many milliseconds ends a step. */
const PAUSE = 1000;
/** So does its length in milliseconds. */
const LONGEST = 15_000;
const MOST = 500;

export const begin = <T>(present: T): History<T> => ({ past: [], present, future: [], by: "", time: 0, since: 0 });

export function change<T>(history: History<T>, present: T, by: string, time: number): History<T> {
  const isTyping = by !== "" && by === history.by && time - history.time < PAUSE;
  const isSameStep = isTyping && time - history.since < LONGEST && history.past.length > 0;
  const past = isSameStep ? history.past : [...history.past.slice(1 - MOST), history.present];
  return { past, present, future: [], by, time, since: isSameStep ? history.since : time };
}

export function undo<T>(history: History<T>): History<T> {
  const present = history.past.at(-1);
  if (present === undefined) return history;
  const future = [history.present, ...history.future];
  return { past: history.past.slice(0, -1), present, future, by: "", time: 0, since: 0 };
}

export function redo<T>(history: History<T>): History<T> {
  const [present, ...future] = history.future;
  if (present === undefined) return history;
  return { past: [...history.past, history.present], present, future, by: "", time: 0, since: 0 };
}

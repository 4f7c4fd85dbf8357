// What is kept in the browser. Where nothing may be kept the page works without.
//
// Each tab keeps its own, so that two of them do not take each other's place; a new tab begins with what was kept last.
import { effect, type ReadonlySignal } from "@preact/signals";

function read(storage: () => Storage, key: string): unknown {
  try {
    return JSON.parse(storage().getItem(`rqchart.${key}`) ?? "null");
  } catch {
    return null;
  }
}

/** For this tab. */
export const TABS = (): Storage => sessionStorage;
/** For new tabs. */
export const ALL = (): Storage => localStorage;

export function load<T>(key: string, isValid: (value: unknown) => value is T): T | null {
  return [TABS, ALL].map((storage) => read(storage, key)).find(isValid) ?? null;
}

let isForgotten = false;

function write(storage: () => Storage, key: string, json: string): boolean {
  try {
    if (isForgotten) return false;
    storage().setItem(`rqchart.${key}`, json);
    return true;
  } catch {
    return false;
  }
}

/** Whether it is kept, for this tab and for new ones: there may be no room for it, or nothing may be kept at all. */
export function save(key: string, value: unknown, to = [TABS, ALL]): boolean {
  const json = JSON.stringify(value);
  return to.every((storage) => write(storage, key, json));
}

/** Takes away all that is kept, for this tab and for new ones, for good: nothing is kept from then on, until the page is loaded again. */
export function forget(): void {
  isForgotten = true;
  for (const storage of [TABS(), ALL()]) {
    for (const key of Object.keys(storage)) if (key.startsWith("rqchart.")) storage.removeItem(key);
  }
}

/** Does it whenever a signal changes. What that begins with is kept already, and another tab may have kept something newer. */
export function whenChanged<T>(value: ReadonlySignal<T>, keep: (now: T) => void): void {
  let isFirst = true;
  effect(() => {
    const now = value.value;
    if (!isFirst) keep(now);
    isFirst = false;
  });
}

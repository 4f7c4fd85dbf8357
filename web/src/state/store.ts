// What is kept in the browser. Where nothing may be kept the page works without.
//
// Each tab keeps its own, so that two of them do not take each other's place; a new tab begins with what was kept last.

function read(storage: () => Storage, key: string): unknown {
  try {
    return JSON.parse(storage().getItem(`rqchart.${key}`) ?? "null");
  } catch {
    return null;
  }
}

const TABS = (): Storage => sessionStorage;
const ALL = (): Storage => localStorage;

export function load<T>(key: string, isValid: (value: unknown) => value is T): T | null {
  return [TABS, ALL].map((storage) => read(storage, key)).find(isValid) ?? null;
}

/** Whether it is kept: there may be no room for it, or nothing may be kept at all. */
export function save(key: string, value: unknown): boolean {
  try {
    const text = JSON.stringify(value);
    for (const storage of [TABS, ALL]) storage().setItem(`rqchart.${key}`, text);
    return true;
  } catch {
    return false;
  }
}

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

function write(storage: () => Storage, key: string, value: unknown): boolean {
  try {
    storage().setItem(`rqchart.${key}`, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** Whether it is kept for this tab: there may be no room for it, or nothing may be kept at all. */
export const saveHere = (key: string, value: unknown): boolean => write(TABS, key, value);
/** The same for new tabs. */
export const saveForNew = (key: string, value: unknown): boolean => write(ALL, key, value);

export function save(key: string, value: unknown): void {
  saveHere(key, value);
  saveForNew(key, value);
}

// JSON as the engine speaks it: pointers into it, and answers that keep what did not change.
import type { Json } from "../engine/types.ts";

export type JsonObject = { [key: string]: Json };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const escape = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");
const unescape = (key: string): string => key.replaceAll("~1", "/").replaceAll("~0", "~");

export const pointer = (path: readonly (string | number)[]): string =>
  path.map((key) => `/${escape(String(key))}`).join("");
export function keys(path: string): string[] {
  if (path === "") return [];
  const parts = path.slice(1).split("/");
  // The form follows hundreds of pointers at every keystroke; hardly one has anything escaped.
  return path.includes("~") ? parts.map(unescape) : parts;
}
/** As people write it: `storage.size`. */
export const dotted = (path: string): string => keys(path).join(".");

/** Whether a pointer is another one, or leads below it. */
export const isWithin = (path: string, whole: string): boolean => path === whole || path.startsWith(`${whole}/`);

/** What a pointer leads to; undefined when nothing is there. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const key of keys(path)) {
    if (Array.isArray(found)) found = found[Number(key)];
    else if (isObject(found) && Object.hasOwn(found, key)) found = found[key];
    else return undefined;
  }
  return found;
}

/** The new value, made of the old one's parts where both are equal, so that what watches a part is left alone. */
export function keep<T>(old: T, fresh: T): T {
  if (Object.is(old, fresh) || typeof old !== "object" || typeof fresh !== "object") return fresh;
  if (old === null || fresh === null || Array.isArray(old) !== Array.isArray(fresh)) return fresh;
  const before = old as Record<string, unknown>;
  const after = fresh as Record<string, unknown>;
  const names = Object.keys(after);
  let isSame = names.length === Object.keys(before).length;
  for (const name of names) {
    const part = keep(before[name], after[name]);
    if (!Object.is(part, before[name]) || !Object.hasOwn(before, name)) isSame = false;
    after[name] = part;
  }
  return isSame ? old : fresh;
}

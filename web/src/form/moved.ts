// An entry of a list at another place.
import { ask } from "../engine/client.ts";
import type { Edited } from "../engine/types.ts";
import type { Document } from "../state/document.ts";
import { at, keys, pointer } from "../state/json.ts";

/** The text with the entry at `path` that was at `from` in the same list. */
export async function moved(before: Document, path: string, from: number): Promise<Edited> {
  const way = keys(path);
  const to = Number(way.pop());
  const whole = pointer(way);
  // No list has such an entry to take out: what the text says is asked for, as the edits before have left it.
  const same = await ask("edit", { ...before, path: `${whole}/-` });
  const there = at(same.preview?.values ?? null, whole);
  if (!Array.isArray(there)) return same;
  const list = [...there];
  list.splice(to, 0, ...list.splice(from, 1));
  return ask("edit", { ...before, path: whole, value: list });
}

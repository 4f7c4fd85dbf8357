// An entry at another place of its list, or by another name in its map.
import { ask } from "../engine/client.ts";
import type { Edited } from "../engine/types.ts";
import type { Document } from "../state/document.ts";
import { at, isObject, type JsonObject, keep, keys, pointer } from "../state/json.ts";
import { TEXT } from "../text.ts";
import type { From } from "./part.ts";

/** The text with the entry at `path` that was `from`, beside it. */
export async function moved(before: Document, path: string, from: From): Promise<Edited> {
  const way = keys(path);
  const to = way.pop() ?? "";
  const whole = pointer(way);
  const isPlace = typeof from === "number";
  // There is nothing there to take out: what the text says is asked for, as the edits before have left it.
  const same = await ask("edit", { ...before, path: isPlace ? `${whole}/-` : path });
  if (same.text !== before.text) throw new Error(TEXT.form.taken);
  const there = at(same.preview?.values ?? null, whole);
  if (isPlace && Array.isArray(there)) {
    const list = [...there];
    list.splice(Number(to), 0, ...list.splice(from, 1));
    return ask("edit", { ...before, path: whole, value: list });
  }
  return !isPlace && isObject(there) && Object.hasOwn(there, from) ? renamed(before, whole, there, from, to) : same;
}

/**
 * The engine writes a new name behind all others, and takes the old one away with its comment. So the name is changed where it stands
 * in the text, and the engine judges whether that says the same.
 */
async function renamed(before: Document, whole: string, there: JsonObject, from: string, to: string): Promise<Edited> {
  const value = Object.fromEntries(Object.entries(there).map(([key, entry]) => [key === from ? to : key, entry]));
  const wanted = { ...before, path: whole, value };
  const added = await ask("edit", wanted);
  const line = await ask("locate", { text: before.text, path: whole + pointer([from]) });
  const lines = before.text.split("\n");
  const number = (line ?? 1) - 1;
  const row = lines[number] ?? "";
  const { text: alone } = await ask("edit", { text: "", path: pointer([to]), value: 0 });
  const name = alone.slice(0, alone.lastIndexOf(":"));
  for (const [old, fresh] of [[JSON.stringify(from), JSON.stringify(to)], [`'${from}'`, name], [from, name]] as const) {
    for (let start = row.indexOf(old); start >= 0; start = row.indexOf(old, start + 1)) {
      const rest = row.slice(start + old.length);
      if (!/^\s*:/.test(rest)) continue;
      lines[number] = row.slice(0, start) + fresh + rest;
      const text = lines.join("\n");
      const tried = await ask("edit", { ...wanted, text }).catch(() => added);
      const said = tried.preview?.values;
      if (tried.text === text && keep(said, added.preview?.values) === said) return tried;
    }
  }
  return added;
}

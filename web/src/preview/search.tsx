// Search in what is shown, marked without touching the text: the browser paints the ranges.
import { signal } from "@preact/signals";
import type { RefObject } from "preact";
import { Icon } from "../page/icon.tsx";
import { LATER } from "../text.later.ts";

export const wanted = signal("");
const count = signal(0);
const current = signal(0);
let ranges: StaticRange[] = [];

const MOST = 2000;

/** In lower case, each character where it was: of all of them `İ` alone becomes two. */
export const folded = (text: string): string => text.replaceAll("İ", "i").toLowerCase();

function paint(): void {
  if (!("highlights" in CSS)) return;
  CSS.highlights.set("found", new Highlight(...ranges));
  CSS.highlights.set("found-here", new Highlight(...ranges.slice(current.peek(), current.peek() + 1)));
}

/** Marks nothing any more: what was found is not to be seen. */
export function forget(): void {
  ranges = [];
  paint();
}

/** Looks for what is wanted in the text below an element. */
export function searchNow(within: Element | null): void {
  const needle = folded(wanted.peek());
  if (needle === "" && ranges.length === 0) return;
  ranges = [];
  if (needle !== "" && within !== null) {
    for (const line of within.querySelectorAll(".line")) {
      const text = folded(line.textContent ?? "");
      for (let at = text.indexOf(needle); at >= 0 && ranges.length < MOST; at = text.indexOf(needle, at + needle.length)) {
        const range = rangeIn(line, at, at + needle.length);
        if (range !== null) ranges.push(range);
      }
    }
  }
  count.value = ranges.length;
  if (current.peek() >= ranges.length) current.value = 0;
  paint();
}

function rangeIn(line: Element, from: number, to: number): StaticRange | null {
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  let seen = 0;
  let start: [Node, number] | null = null;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (from < seen + length) start ??= [node, from - seen];
    if (start !== null && to <= seen + length) {
      return new StaticRange({ startContainer: start[0], startOffset: start[1], endContainer: node, endOffset: to - seen });
    }
    seen += length;
  }
  return null;
}

/** To the next one, or the one before; by 0, to that which is marked as the present one. */
export function go(by: number): void {
  if (ranges.length === 0) return;
  current.value = (current.peek() + by + ranges.length) % ranges.length;
  paint();
  ranges[current.peek()]?.startContainer.parentElement?.scrollIntoView({ block: "center" });
}

/** `elsewhere` leads to where it is found when it is not within. */
export function Search({ within, elsewhere }: { within: RefObject<Element | null>; elsewhere: () => void }) {
  return (
    <div class="search-box" role="search">
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label={LATER.preview.search}
          placeholder={LATER.preview.search}
          value={wanted.value}
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
            current.value = 0;
            searchNow(within.current);
            go(0);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            if (count.peek() === 0) elsewhere();
            else go(event.shiftKey ? -1 : 1);
          }}
        />
      </label>
      {wanted.value !== "" && (
        <>
          <span role="status" class="matches">
            {LATER.preview.matches(current.value + 1, count.value)}
          </span>
          <button type="button" class="icon" aria-label={LATER.preview.previous} onClick={() => go(-1)}>
            <Icon name="up" />
          </button>
          <button type="button" class="icon" aria-label={LATER.preview.next} onClick={() => go(1)}>
            <Icon name="down" />
          </button>
        </>
      )}
    </div>
  );
}

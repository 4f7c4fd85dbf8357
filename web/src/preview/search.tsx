// Search in what is shown, marked without touching the text: the browser paints the ranges.
import { signal } from "@preact/signals";
import type { RefObject } from "preact";
import { Icon } from "../page/icon.tsx";
import { TEXT } from "../text.ts";

export const wanted = signal("");
const count = signal(0);
const current = signal(0);
let ranges: Range[] = [];

const MOST = 2000;

function paint(): void {
  if (!("highlights" in CSS)) return;
  CSS.highlights.set("found", new Highlight(...ranges));
  const here = ranges[current.peek()];
  if (here === undefined) CSS.highlights.delete("found-here");
  else CSS.highlights.set("found-here", new Highlight(here));
}

/** Looks for what is wanted in the text below an element. */
export function searchNow(within: Element | null): void {
  ranges = [];
  const needle = wanted.peek().toLowerCase();
  if (needle !== "" && within !== null) {
    for (const line of within.querySelectorAll(".line")) {
      const text = (line.textContent ?? "").toLowerCase();
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

function rangeIn(line: Element, from: number, to: number): Range | null {
  const range = document.createRange();
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  let seen = 0;
  let started = false;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (!started && from < seen + length) {
      range.setStart(node, from - seen);
      started = true;
    }
    if (started && to <= seen + length) {
      range.setEnd(node, to - seen);
      return range;
    }
    seen += length;
  }
  return null;
}

function go(by: number): void {
  if (ranges.length === 0) return;
  current.value = (current.peek() + by + ranges.length) % ranges.length;
  paint();
  ranges[current.peek()]?.startContainer.parentElement?.scrollIntoView({ block: "center" });
}

export function Search({ within }: { within: RefObject<Element | null> }) {
  return (
    <div class="search-box" role="search">
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label={TEXT.preview.search}
          placeholder={TEXT.preview.search}
          value={wanted.value}
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
            current.value = 0;
            searchNow(within.current);
            go(0);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
          }}
        />
      </label>
      {wanted.value !== "" && (
        <>
          <span role="status" class="matches">
            {TEXT.preview.matches(current.value + 1, count.value)}
          </span>
          <button type="button" class="icon" aria-label={TEXT.preview.previous} onClick={() => go(-1)}>
            <Icon name="up" />
          </button>
          <button type="button" class="icon" aria-label={TEXT.preview.next} onClick={() => go(1)}>
            <Icon name="down" />
          </button>
        </>
      )}
    </div>
  );
}

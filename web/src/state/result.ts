// What the engine makes of the state: asked anew whenever it changes.
import { batch, computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import first from "virtual:first";
import { ask, engineState, isGone, Late, told } from "../engine/client.ts";
import type { About, File, Finding, Json, Origins, Picture, Preview, Summary } from "../engine/types.ts";
import { document, type Document, previewOf, waitingEdits } from "./document.ts";
import { keep } from "./json.ts";
import { afterPause } from "./pause.ts";

export const about = signal<About | null>(null);

const NOTHING: Preview = { findings: [], values: {}, files: [], topology: null, summary: null };
const judged = signal<readonly Finding[]>(NOTHING.findings);
/** What single faults do, as far as that has been played. */
export const faults = signal<readonly Finding[]>([]);
export const findings = computed(() => (faults.value.length === 0 ? judged.value : [...judged.value, ...faults.value]));
/** What the text says. While it cannot be read: what it said last. */
export const values = signal<Json>({});
/** Whether `values` are of an earlier text, because the present one cannot be read. */
export const isUnread = signal(false);
export const files = signal<readonly File[]>(first?.files ?? []);
export const picture = signal<Picture | null>(first?.topology ?? null);
export const summary = signal<Summary | null>(first?.summary ?? null);
/** The state that `findings` are about. */
export const settled = signal<Document | null>(null);
/** The state that files and picture are of. */
const rendered = signal<Document | null>(null);
/** Whether that is an earlier one, because the present one has errors. */
export const isStale = signal(false);
export const failure = signal<string | null>(null);
/** The lines that the last change touched, by file. */
export const touched = signal<ReadonlyMap<string, ReadonlySet<number>>>(new Map());

/** Whether the findings are about an earlier state. */
export const isBusy = computed(
  () => waitingEdits.value > 0 || (settled.value !== document.value && failure.value === null && !isGone()),
);
export const errors = computed(() => findings.value.filter((finding) => finding.severity === "error"));
export const fileKey = (file: { template: string; kind: string; name: string }): string =>
  `${file.template}\n${file.kind}\n${file.name}`;

/** Lines of the new text that the old one has not, between its equal beginning and end. */
function changedLines(before: string | undefined, after: string): Set<number> {
  const old = before === undefined ? [] : before.split("\n");
  const fresh = after.split("\n");
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, fresh.length) - head;
  while (tail < most && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail += 1;
  const known = new Set(old.slice(head, old.length - tail));
  const lines = new Set<number>();
  for (let line = head; line < fresh.length - tail; line += 1) if (!known.has(fresh[line] ?? "")) lines.add(line);
  // Only removed: the place where it was.
  if (lines.size === 0 && old.length !== fresh.length) lines.add(Math.min(head, fresh.length - 1));
  return lines;
}

function placeless(finding: Finding): Finding {
  const copy = { ...finding };
  delete copy.line;
  delete copy.column;
  delete copy.length;
  return copy;
}

function accept(present: Document, answer: Preview): void {
  // An answer about something else: what is here was foretold meanwhile.
  if (present !== document.peek()) return;
  batch(() => {
    failure.value = null;
    settled.value = present;
    judged.value = keep(judged.value, answer.findings);
    isUnread.value = answer.values === null;
    if (answer.values !== null) values.value = keep(values.value, answer.values);
    isStale.value = answer.files.length === 0 && answer.findings.some((finding) => finding.severity === "error");
    // Until they are played again they are about settings, but about no line; those of what has errors nobody plays.
    faults.value = isStale.value ? [] : keep(faults.value, faults.value.map(placeless));
    if (isStale.value) return;
    rendered.value = present;
    const old = new Map(files.value.map((file) => [fileKey(file), file]));
    const marks = new Map<string, Set<number>>();
    const fresh = answer.files.map((file) => {
      const before = old.get(fileKey(file));
      if (before?.text === file.text) return before;
      if (old.size > 0) marks.set(fileKey(file), changedLines(before?.text, file.text));
      return file;
    });
    const isSame = fresh.length === files.value.length && fresh.every((file, index) => file === files.value[index]);
    if (!isSame) {
      files.value = fresh;
      touched.value = marks;
    }
    picture.value = keep(picture.value, answer.topology);
    summary.value = keep(summary.value, answer.summary);
  });
}

/** Begins to ask. */
export function follow(): void {
  effect(() => {
    if (engineState.value !== "ready" || about.peek() !== null) return;
    ask("about", {}).then(
      (answer) => {
        about.value = answer;
      },
      (error: unknown) => {
        failure.value = told(error);
      },
    );
  });
  effect(() => {
    const present = document.value;
    if (engineState.value !== "ready") return;
    const known = previewOf(present);
    if (known !== null) {
      untracked(() => accept(present, known));
      return;
    }
    ask("preview", present).then(
      (answer) => accept(present, answer),
      (error: unknown) => {
        if (present === document.peek()) failure.value = told(error) ?? failure.value;
      },
    );
  });
}

/** Which settings make which line, and of which state that is; asked only where somebody looks. */
const latestOrigins = signal<{ of: Document; origins: Origins | null } | null>(null);
/** Those of the last state that they are known of: good for how many lines there are, not for which. */
export const pastOrigins = computed(() => latestOrigins.value?.origins ?? null);
/** Whether they are those of what is shown. */
export const hasOrigins = computed(() => latestOrigins.value?.of === rendered.value);
/** Those of what is shown; null until they are known. */
export const origins = computed(() => (hasOrigins.value ? pastOrigins.value : null));
export function followOrigins(isWanted: ReadonlySignal<boolean>): void {
  effect(() => {
    const present = rendered.value;
    if (!isWanted.value || present === null || present === latestOrigins.peek()?.of) return undefined;
    // They take a core for half a second, which somebody who types needs.
    const work = (): void => {
      ask("origins", present).then(
        (answer) => {
          latestOrigins.value = { of: present, origins: answer };
        },
        (error: unknown) => {
          if (!(error instanceof Late)) latestOrigins.value = null;
        },
      );
    };
    return afterPause(work, { isLong: true });
  });
}

// Which view is open, and ways between them: from a finding to its field or line, from a field to its lines.
import { computed, effect, signal } from "@preact/signals";
import type { Finding } from "../engine/types.ts";
import type { Document } from "../state/document.ts";
import { about } from "../state/result.ts";
import { ALL, load, save, whenChanged } from "../state/store.ts";

type Left = "form" | "values";
type Right = "picture" | "simulate" | "manifests" | "changes" | "use";
export type Theme = "system" | "light" | "dark";

export const left = signal<Left>("form");
export const right = signal<Right>("picture");
/** On a narrow screen only one half is to be seen. */
export const half = signal<"left" | "right">("left");
/** What is searched for among the settings. */
export const searched = signal("");
/** Whether somebody looks which settings make which line. */
export const wantOrigins = computed(() => right.value === "manifests" || searched.value.trim() !== "");
/** The line of values.yaml to show, from 1. */
export const wantedLine = signal<{ line: number; column: number } | null>(null);
/** The setting to show in the form, or what stands for it there. */
export const wantedSetting = signal<Pick<Finding, "path" | "line" | "column"> | null>(null);
/** The setting whose lines are marked in the manifests. */
export const markedSetting = signal<string | null>(null);
/** A link whose scenario is to be played; an empty one means that which is here. */
export const wantedScenario = signal<string | null>(null);
/** The dialog that is open. */
export const dialog = signal<"share" | "import" | null>(null);
/** What is said to all, once: `aria-live`; and what it is about, whose errors are said with it. */
export const notice = signal<{ what: string; of: Document | undefined } | null>(null);
/** Says it for its full time, also where the same is still to be read. */
export function say(what: string, of?: Document): void {
  notice.value = { what, of };
}
/** In milliseconds: long enough to read it twice. */
const NOTICE = 10_000;
effect(() => {
  if (notice.value === null) return undefined;
  // Whoever points at it, or is in it, still reads.
  const timer = setInterval(() => {
    if (document.querySelector(".banner.notice:is(:hover, :focus-within)") === null) notice.value = null;
  }, NOTICE);
  return () => clearInterval(timer);
});

const WIDE = "(min-width: 100rem)";
/** Whether form and text stand side by side. */
export const isWide = signal(matchMedia(WIDE).matches);
matchMedia(WIDE).addEventListener("change", (event) => {
  isWide.value = event.matches;
});

const THEMES: readonly unknown[] = ["system", "light", "dark"];
const isTheme = (value: unknown): value is Theme => THEMES.includes(value);
export const theme = signal<Theme>(load("theme", isTheme) ?? "system");
effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});
whenChanged(theme, (now) => save("theme", now, [ALL]));

export function showLine(line: number, column = 1): void {
  left.value = "values";
  half.value = "left";
  wantedLine.value = { line, column };
}

function showInForm(wish: Pick<Finding, "path" | "line" | "column">): void {
  left.value = "form";
  half.value = "left";
  wantedSetting.value = wish;
}
export const showSetting = (path: string): void => showInForm({ path });

/** What is found about a release has no place in the values. */
export const isOfRelease = ({ path, line }: Finding): boolean => path === "" && (line ?? null) === null;

/** Leads to where a finding is: in the view that is open. */
export function showFinding(finding: Finding): void {
  if (isOfRelease(finding)) document.querySelector<HTMLElement>("#release [aria-invalid]")?.focus();
  const line = finding.line ?? null;
  const inForm = left.value === "form" && about.value !== null && finding.path !== "";
  if (inForm && !isWide.value) showInForm(finding);
  else if (line !== null) showLine(line, finding.column ?? 1);
  else if (finding.path !== "") showSetting(finding.path);
  if (isWide.value && finding.path !== "") wantedSetting.value = finding;
}

export function showLines(path: string): void {
  markedSetting.value = path;
  right.value = "manifests";
  half.value = "right";
}

export function showScenario(link: string): void {
  wantedScenario.value = link;
  right.value = "simulate";
  half.value = "right";
}

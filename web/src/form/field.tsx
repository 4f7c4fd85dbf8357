// One setting: its editor, what it means, what was found about it, and the way back to its default.
import { computed, signal, useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ask } from "../engine/client.ts";
import type { Finding } from "../engine/types.ts";
import { Icon } from "../page/icon.tsx";
import { load } from "../page/later.tsx";
import { Prose } from "../page/prose.tsx";
import { markedSetting, right, showLine, showLines, wantOrigins } from "../page/views.ts";
import { edit, editBy, text } from "../state/document.ts";
import { at, dotted, isWithin, keys, pointer } from "../state/json.ts";
import { findings, pastOrigins, values } from "../state/result.ts";
import { TEXT } from "../text.ts";
import type { Change } from "./part.ts";
import { Part } from "./parts.tsx";
import { type Setting, shown } from "./schema.ts";

/** The findings at a path, or below it where no field of their own shows them. */
export function FindingsAt({ path, isWhole, id }: { path: string; isWhole: boolean; id: string }) {
  const here = useComputed(() =>
    findings.value.filter((finding) => (isWhole ? isWithin(finding.path, path) : finding.path === path)),
  );
  if (here.value.length === 0) return null;
  return (
    <ul class="at-field" id={id}>
      {here.value.map((finding) => (
        <FindingText key={`${finding.code}${finding.path}${finding.message}`} finding={finding} under={path} />
      ))}
    </ul>
  );
}

function FindingText({ finding, under }: { finding: Finding; under: string }) {
  return (
    <li class={finding.severity}>
      <strong>{TEXT.findings[finding.severity]}</strong>{" "}
      {finding.path !== under && <code>{dotted(finding.path.slice(under.length))} </code>}
      <Prose text={finding.message} />
      {finding.hint && <span class="hint"> — <Prose text={finding.hint} /></span>}
    </li>
  );
}

/** Shows a setting in the text; where it is not there yet, the end of it. */
async function toText(path: string): Promise<void> {
  const present = text.peek();
  const line = await ask("locate", { text: present, path }).catch(() => null);
  showLine(line ?? present.split("\n").length);
}

/** The settings whose fields have the focus: they stay to be seen, whatever becomes of their values. */
export const held = signal<ReadonlySet<Setting>>(new Set());
/** So many milliseconds longer, in which a click that takes the focus away ends: what it is on does not move under it. */
const CLICK = 300;

export function Field({ setting }: { setting: Setting }) {
  const { path, title, name, unit, example, flag, effect, docs } = setting;
  const element = useRef<HTMLDivElement>(null);
  const value = useComputed(() => at(values.value, path));
  const isWrong = useComputed(() =>
    findings.value.some((finding) => finding.severity === "error" && isWithin(finding.path, path)),
  );
  const hasFindings = useComputed(() =>
    findings.value.some((finding) => isWithin(finding.path, path)),
  );
  const change: Change = (below, to, from) =>
    void (from === undefined ? edit(path + below, to) : editBy((before) => load().then(({ moved }) => moved(before, path + below, from))));
  const isChanged = value.value !== undefined;
  const reset = (): void => {
    change("", undefined);
    // The button goes.
    element.current?.querySelector<HTMLElement>("input, select, textarea, .add, .free button")?.focus();
  };
  const usual = shown(setting.default);
  const hold = (): void => {
    held.value = new Set(held.peek()).add(setting);
    // With the manifests open, the lines of the setting that has the focus are marked.
    if (right.peek() === "manifests") markedSetting.value = path;
  };
  const letGo = (): void => {
    setTimeout(() => {
      // Also where it is drawn anew.
      if (document.activeElement?.closest(`[data-path="${path}"]`)) return;
      held.value = new Set([...held.peek()].filter((one) => one !== setting));
    }, CLICK);
  };
  useEffect(() => letGo, []);
  const id = `set${path}`;
  return (
    <div class={isChanged ? "field changed" : "field"} ref={element} data-path={path} onFocusIn={hold} onFocusOut={letGo}>
      <div class="field-head">
        <span class="field-title">{title}</span>
        <code class="field-key">{path.slice(1).replaceAll("/", ".")}</code>
        {isChanged && (
          <button type="button" class="quiet reset" aria-label={TEXT.form.reset(name)} onClick={reset}>
            <Icon name="reset" /> {TEXT.form.resetShort}
          </button>
        )}
      </div>
      <Part
        shape={setting}
        value={value.value}
        change={change}
        id={id}
        label={name}
        describedBy={hasFindings.value ? `${id}.about ${id}.found` : `${id}.about`}
        invalid={isWrong.value}
        toText={() => void toText(path)}
      />
      <FindingsAt path={path} isWhole id={`${id}.found`} />
      <p class="about" id={`${id}.about`}>
        <Prose text={setting.description} />{" "}
        <span class="facts">
          {usual !== "" && usual !== "null" && fact(TEXT.form.default, <code>{usual}</code>)}
          {unit && fact(TEXT.form.unit, unit)}
          {example && usual === "null" && fact(TEXT.form.example, <code>{example}</code>)}
          {flag && <code>{flag}</code>}
          {effect && effect !== "none" && <span class={`effect ${effect}`}>{TEXT.form.effects[effect]}</span>}
          {docs && (
            <a href={docs} rel="noreferrer" target="_blank">
              {TEXT.form.docs}
            </a>
          )}
          <Lines path={path} />
        </span>
      </p>
    </div>
  );
}

const fact = (name: string, what: ComponentChildren) => (
  <span>
    {name} {what}
  </span>
);

/** How many lines of the manifests a setting makes, with all that is below it. */
const counts = computed<ReadonlyMap<string, number>>(() => {
  const of = new Map<string, number>();
  const known = wantOrigins.value ? pastOrigins.value : null;
  const wholes = known?.settings.map((path) => keys(path).map((_, index, all) => pointer(all.slice(0, index + 1)))) ?? [];
  for (const line of known?.documents.flatMap(({ lines }) => lines) ?? []) {
    for (const path of new Set(line.flatMap((index) => wholes[index] ?? []))) of.set(path, (of.get(path) ?? 0) + 1);
  }
  return of;
});

/** Their number, and the way there. */
function Lines({ path }: { path: string }) {
  const count = useComputed(() => counts.value.get(path) ?? 0);
  if (count.value === 0) return null;
  return (
    <button type="button" class="quiet" onClick={() => showLines(path)}>
      {TEXT.form.lines(count.value)}
    </button>
  );
}

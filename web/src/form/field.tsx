// One setting: its editor, what it means, what was found about it, and the way back to its default.
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ask } from "../engine/client.ts";
import type { Finding, Json } from "../engine/types.ts";
import { Icon } from "../page/icon.tsx";
import { Prose } from "../page/prose.tsx";
import { markedSetting, right, showLine, showLines, wantedSetting } from "../page/views.ts";
import { edit, text } from "../state/document.ts";
import { at, dotted, isWithin } from "../state/json.ts";
import { findings, pastOrigins, values, wantOrigins } from "../state/result.ts";
import { TEXT } from "../text.ts";
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
      {finding.hint !== undefined && finding.hint !== null && <span class="hint"> — <Prose text={finding.hint} /></span>}
    </li>
  );
}

/** Shows a setting in the text; where it is not there yet, the end of it. */
async function toText(path: string): Promise<void> {
  const present = text.peek();
  const line = await ask("locate", { text: present, path }).catch(() => null);
  showLine(line ?? present.split("\n").length);
}

export function Field({ setting }: { setting: Setting }) {
  const { path, title } = setting;
  const element = useRef<HTMLDivElement>(null);
  const value = useComputed(() => at(values.value, path));
  const isWrong = useComputed(() =>
    findings.value.some((finding) => finding.severity === "error" && isWithin(finding.path, path)),
  );
  const hasFindings = useComputed(() =>
    findings.value.some((finding) => isWithin(finding.path, path)),
  );
  const isWanted = useComputed(() => {
    const wanted = wantedSetting.value;
    const isHere = wanted !== null && (setting.kind === "object" ? wanted.path === path : isWithin(wanted.path, path));
    return isHere ? wanted.at : 0;
  });
  useEffect(() => {
    if (isWanted.value === 0) return;
    const field = element.current;
    field?.scrollIntoView({ block: "center" });
    const exact = document.getElementById(`set${wantedSetting.peek()?.path ?? ""}`) ?? field;
    const inner = ["input:checked", ":is(input, select, textarea)", ":is(button, [tabindex])"];
    const first = inner.flatMap((selector) => exact?.querySelector<HTMLElement>(selector) ?? []);
    (exact?.matches(":is(input, select, textarea)") === true ? exact : first[0])?.focus({ preventScroll: true });
    // Done: a field that is seen again later does not take the focus.
    wantedSetting.value = null;
  }, [isWanted.value]);
  const change = (below: string, to: Json | undefined): void => void edit(path + below, to);
  const isChanged = value.value !== undefined;
  const reset = (): void => {
    change("", undefined);
    // The button goes.
    element.current?.querySelector<HTMLElement>("input, select, textarea, .add, .free button")?.focus();
  };
  const usual = shown(setting.default);
  // With the manifests open, the lines of the setting that has the focus are marked.
  const mark = (): void => {
    if (right.peek() === "manifests") markedSetting.value = path;
  };
  const id = `set${path}`;
  return (
    <div class={isChanged ? "field changed" : "field"} ref={element} data-path={path} onFocusIn={mark}>
      <div class="field-head">
        <span class="field-title">{title}</span>
        <code class="field-key">{path.slice(1).replaceAll("/", ".")}</code>
        {isChanged && (
          <button type="button" class="quiet reset" aria-label={TEXT.form.reset(title)} onClick={reset}>
            <Icon name="reset" /> {TEXT.form.resetShort}
          </button>
        )}
      </div>
      <Part
        shape={setting}
        value={value.value}
        change={change}
        id={id}
        label={title}
        describedBy={hasFindings.value ? `${id}.about ${id}.found` : `${id}.about`}
        invalid={isWrong.value}
        toText={() => void toText(path)}
      />
      <FindingsAt path={path} isWhole id={`${id}.found`} />
      <p class="about" id={`${id}.about`}>
        <Prose text={setting.description} />{" "}
        <span class="facts">
          {usual !== "" && usual !== "null" && (
            <span>
              {TEXT.form.default} <code>{usual}</code>
            </span>
          )}
          {setting.unit !== undefined && (
            <span>
              {TEXT.form.unit} {setting.unit}
            </span>
          )}
          {setting.example !== undefined && usual === "null" && (
            <span>
              {TEXT.form.example} <code>{setting.example}</code>
            </span>
          )}
          {setting.flag !== undefined && <code>{setting.flag}</code>}
          {setting.effect !== undefined && setting.effect !== "none" && (
            <span class={`effect ${setting.effect}`}>{TEXT.form.effects[setting.effect]}</span>
          )}
          {setting.docs !== undefined && (
            <a href={setting.docs} rel="noreferrer" target="_blank">
              {TEXT.form.docs}
            </a>
          )}
          <Lines path={path} />
        </span>
      </p>
    </div>
  );
}

/** How many lines of the manifests this setting makes, and the way there. */
function Lines({ path }: { path: string }) {
  const count = useComputed(() => {
    if (!wantOrigins.value || pastOrigins.value === null) return 0;
    const { settings, documents } = pastOrigins.value;
    const mine = new Set(settings.flatMap((one, index) => (isWithin(one, path) ? [index] : [])));
    if (mine.size === 0) return 0;
    return documents.reduce((sum, file) => sum + file.lines.filter((line) => line.some((index) => mine.has(index))).length, 0);
  });
  if (count.value === 0) return null;
  return (
    <button type="button" class="quiet" onClick={() => showLines(path)}>
      {TEXT.form.lines(count.value)}
    </button>
  );
}

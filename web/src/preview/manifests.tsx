// The rendered files: in tabs or as one, searchable, with the lines that the last change touched, and which setting
// made a line.
import { computed, signal, useComputed } from "@preact/signals";
import { memo } from "../page/memo.ts";
import { useEffect, useRef } from "preact/hooks";
import type { File } from "../engine/types.ts";
import { copy } from "../page/copy.ts";
import { Icon } from "../page/icon.tsx";
import { Tabs } from "../page/tabs.tsx";
import { markedSetting, showSetting } from "../page/views.ts";
import { dotted, isWithin } from "../state/json.ts";
import { about, fileKey, files, isStale, origins, touched } from "../state/result.ts";
import { LATER } from "../text.later.ts";
import { TEXT } from "../text.ts";
import { folded, forget, go, Search, searchNow, wanted } from "./search.tsx";
import { tokens } from "./tokens.ts";
import "./lines.css";

const ALL = "all";
const chosenFile = signal<string>("");
/** A line that somebody has chosen, in a file as it was then. */
const choice = signal<{ file: string; text: string; line: number } | null>(null);

const shownFile = computed<string>(() => {
  if (chosenFile.value === ALL) return ALL;
  const known = files.value.find((file) => fileKey(file) === chosenFile.value);
  const first = files.value.find((file) => file.kind === "StatefulSet") ?? files.value[0];
  return known === undefined ? (first === undefined ? ALL : fileKey(first)) : fileKey(known);
});

/** The same, as long as it is to be seen. */
const chosenLine = computed(() => {
  const chosen = choice.value;
  const isShown = chosen !== null && (shownFile.value === ALL || shownFile.value === chosen.file);
  return isShown && files.value.some((file) => fileKey(file) === chosen.file && file.text === chosen.text) ? chosen : null;
});

const NO_LINES: ReadonlySet<number> = new Set();

/** The files that have what is searched for, where the one that is shown has not. */
const elsewhere = computed<readonly string[]>(() => {
  const needle = folded(wanted.value);
  const found = needle === "" ? [] : files.value.filter((file) => folded(file.text).includes(needle)).map(fileKey);
  return shownFile.value === ALL || found.includes(shownFile.value) ? [] : found;
});

/** What the chart is called, where no engine can tell. */
const CHART = "rqlite";
/** All as one, as the download is and `rqchart template` prints it. */
const stream = (list: readonly File[]): string =>
  list.map(({ template, text }) => `---\n# Source: ${about.peek()?.chart ?? CHART}/${template}\n${text}`).join("");

/** The lines of each file that the marked setting makes. */
const markedLines = computed<ReadonlyMap<string, ReadonlySet<number>>>(() => {
  const path = markedSetting.value;
  const known = origins.value;
  const marks = new Map<string, Set<number>>();
  if (path === null || known === null) return marks;
  const mine = new Set(known.settings.flatMap((one, index) => (isWithin(one, path) ? [index] : [])));
  for (const file of known.documents) {
    const lines = file.lines.flatMap((line, index) => (line.some((one) => mine.has(one)) ? [index] : []));
    if (lines.length > 0) marks.set(fileKey(file), new Set(lines));
  }
  return marks;
});

export function Manifests() {
  const panel = useRef<HTMLDivElement>(null);
  const [list, file, marks, setting] = [files.value, shownFile.value, markedLines.value, markedSetting.value];
  useEffect(() => forget, []);
  useEffect(() => searchNow(panel.current), [list, file]);
  useEffect(() => go(0), [file]);
  // A setting leads to the lines that it makes, also in another file: once, and not whoever has chosen a file since.
  const leads = useRef(false);
  const show = (chosen: string): void => {
    leads.current = false;
    chosenFile.value = chosen;
  };
  useEffect(() => {
    leads.current = true;
  }, [setting]);
  useEffect(() => {
    if (!leads.current || marks.size === 0) return;
    const [first = ALL] = marks.keys();
    if (file !== ALL && !marks.has(file)) chosenFile.value = first;
    else {
      leads.current = false;
      panel.current?.querySelector(".line.marked")?.scrollIntoView({ block: "center" });
    }
  }, [setting, marks, file]);
  const tabs = [
    ...list.map((one) => ({
      id: fileKey(one),
      text: (
        <>
          <b>{one.kind}</b> {one.name}
          {touched.value.has(fileKey(one)) && <i class="dot" role="img" aria-label={LATER.preview.changed} />}
        </>
      ),
    })),
    { id: ALL, text: <>{LATER.preview.all}</> },
  ];
  const shown = file === ALL ? list : list.filter((one) => fileKey(one) === file);
  if (list.length === 0) return <p class="empty">{LATER.preview.empty}</p>;
  return (
    <div class="manifests">
      {isStale.value && <p class="banner warning">{TEXT.preview.stale}</p>}
      <Tabs
        name="file"
        label={LATER.preview.files}
        tabs={tabs}
        chosen={file}
        choose={show}
        class="files"
      />
      <div class="preview-tools">
        <Search
          within={panel}
          elsewhere={() => {
            const [first] = elsewhere.peek();
            if (first !== undefined) show(first);
          }}
        />
        {elsewhere.value.length > 0 && (
          <button type="button" class="quiet" onClick={() => show(ALL)}>
            {LATER.preview.elsewhere(elsewhere.value.length)}
          </button>
        )}
        <button type="button" onClick={() => copy(file === ALL ? stream(list) : shown.map(({ text }) => text).join(""))}>
          <Icon name="copy" /> {LATER.preview.copy}
        </button>
      </div>
      <div class="panel code" role="tabpanel" id="file-panel" aria-labelledby={`file-tab-${tabs.findIndex((tab) => tab.id === file)}`} tabIndex={0} ref={panel} onKeyDown={chooseByKey}>
        {shown.map((one) => (
          <FileText key={fileKey(one)} file={one} />
        ))}
      </div>
      <Origins />
    </div>
  );
}

/** Enter chooses the first line that is to be seen, arrow keys go on from there, and Escape lets go of it. */
function chooseByKey(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const panel = event.currentTarget;
  const lines = [...panel.querySelectorAll<HTMLElement>(".line")];
  const chosen = lines.findIndex((line) => line.classList.contains("chosen"));
  const top = panel.getBoundingClientRect().top;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && chosen >= 0) choice.value = null;
  else if (event.key === "Enter") lines.find((line) => line.getBoundingClientRect().top >= top)?.click();
  else if (step !== undefined && chosen >= 0) {
    const next = lines[chosen + step];
    next?.click();
    next?.scrollIntoView({ block: "nearest" });
  } else return;
  event.preventDefault();
}

function FileText({ file }: { file: File }) {
  const key = fileKey(file);
  const marked = useComputed(() => markedLines.value.get(key) ?? NO_LINES).value;
  const fresh = useComputed(() => touched.value.get(key) ?? NO_LINES).value;
  const chosen = useComputed(() => (chosenLine.value?.file === key ? chosenLine.value.line : -1)).value;
  const lines = file.text.endsWith("\n") ? file.text.slice(0, -1).split("\n") : file.text.split("\n");
  const choose = (event: MouseEvent): void => {
    const line = (event.target as Element).closest<HTMLElement>("[data-line]")?.dataset["line"];
    // Whoever selects text with a pointer chooses no line; a click by keyboard has no detail.
    if (line !== undefined && (event.detail === 0 || getSelection()?.isCollapsed !== false)) {
      choice.value = { file: key, text: file.text, line: Number(line) };
      markedSetting.value = null;
    }
  };
  return (
    // The keyboard's way to a line is the panel's.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <pre class="yaml" onClick={choose}>
      {lines.map((line, number) => {
        const names = `${marked.has(number) ? " marked" : ""}${fresh.has(number) ? " fresh" : ""}${chosen === number ? " chosen" : ""}`;
        return <Line key={number} number={number} text={line} names={names} />;
      })}
    </pre>
  );
}

const Line = memo(({ number, text, names }: { number: number; text: string; names: string }) => (
  <span class={`line${names}`} data-line={number}>
    {tokens(text).map((token, at) =>
      token.kind === "plain" ? (
        token.text
      ) : (
        <span key={at} class={`t-${token.kind}`}>
          {token.text}
        </span>
      ),
    )}
    {"\n"}
  </span>
));

/** Which settings made the chosen line. */
function Origins() {
  const chosen = chosenLine.value;
  const known = origins.value;
  const file = known?.documents.find((one) => fileKey(one) === chosen?.file);
  const paths = (file?.lines[chosen?.line ?? -1] ?? []).flatMap((one) => known?.settings[one] ?? []);
  return (
    <p class="origins" role="status">
      {chosen === null ? (
        LATER.preview.originsHint
      ) : known === null ? (
        TEXT.findings.checking
      ) : paths.length === 0 ? (
        <>
          {LATER.preview.line(chosen.line + 1)}: {LATER.preview.originsNone}
        </>
      ) : (
        <>
          {LATER.preview.line(chosen.line + 1)}: {LATER.preview.origins}{" "}
          {paths.map((path) => (
            <button type="button" class="quiet" key={path} onClick={() => showSetting(path)}>
              <code>{dotted(path)}</code>
            </button>
          ))}
        </>
      )}
    </p>
  );
}

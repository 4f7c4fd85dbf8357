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
import { fileKey, files, isStale, origins, touched } from "../state/result.ts";
import { TEXT } from "../text.ts";
import { Search, searchNow, wanted } from "./search.tsx";
import { tokens } from "./tokens.ts";

const ALL = "all";
export const chosenFile = signal<string>("");
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

/** How many files have what is searched for, where the one that is shown has not. */
const elsewhere = computed(() => {
  const needle = wanted.value.toLowerCase();
  const found = needle === "" ? [] : files.value.filter((file) => file.text.toLowerCase().includes(needle));
  return shownFile.value === ALL || found.some((file) => fileKey(file) === shownFile.value) ? 0 : found.length;
});

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
  // A setting that makes lines of another file leads there.
  useEffect(() => {
    const marks = markedLines.value;
    if (marks.size === 0) return;
    if (shownFile.peek() !== ALL && !marks.has(shownFile.peek())) chosenFile.value = [...marks.keys()][0] ?? "";
    setTimeout(() => panel.current?.querySelector(".line.marked")?.scrollIntoView({ block: "center" }), 30);
  }, [markedLines.value]);
  const list = files.value;
  const tabs = [
    ...list.map((file) => ({
      id: fileKey(file),
      label: `${file.kind} ${file.name}`,
      text: (
        <>
          <b>{file.kind}</b> {file.name}
          {touched.value.has(fileKey(file)) && <i class="dot" role="img" aria-label={TEXT.preview.changed} />}
        </>
      ),
    })),
    { id: ALL, label: TEXT.preview.all, text: <>{TEXT.preview.all}</> },
  ];
  const shown = shownFile.value === ALL ? list : list.filter((file) => fileKey(file) === shownFile.value);
  useEffect(() => searchNow(panel.current));
  if (list.length === 0) return <p class="empty">{TEXT.preview.empty}</p>;
  return (
    <div class="manifests">
      {isStale.value && <p class="banner warning">{TEXT.preview.stale}</p>}
      <Tabs
        name="file"
        label={TEXT.preview.files}
        tabs={tabs}
        chosen={shownFile.value}
        choose={(id) => {
          chosenFile.value = id;
        }}
        class="files"
      />
      <div class="preview-tools">
        <Search within={panel} />
        {elsewhere.value > 0 && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              chosenFile.value = ALL;
            }}
          >
            {TEXT.preview.elsewhere(elsewhere.value)}
          </button>
        )}
        <button
          type="button"
          onClick={() => copy(shown.map((file) => (shown.length > 1 ? `---\n${file.text}` : file.text)).join(""))}
        >
          <Icon name="copy" /> {TEXT.preview.copy}
        </button>
      </div>
      <div class="panel code" role="tabpanel" id="file-panel" aria-labelledby={`file-tab-${index(tabs, shownFile.value)}`} tabIndex={0} ref={panel} onKeyDown={chooseByKey}>
        {shown.map((file) => (
          <FileText key={fileKey(file)} file={file} />
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

const index = (tabs: { id: string }[], id: string): number => tabs.findIndex((tab) => tab.id === id);

function FileText({ file }: { file: File }) {
  const key = fileKey(file);
  const marked = useComputed(() => markedLines.value.get(key) ?? NO_LINES);
  const fresh = useComputed(() => touched.value.get(key) ?? NO_LINES);
  const chosen = useComputed(() => (chosenLine.value?.file === key ? chosenLine.value.line : -1));
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
        const names = `${marked.value.has(number) ? " marked" : ""}${fresh.value.has(number) ? " fresh" : ""}${chosen.value === number ? " chosen" : ""}`;
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
        TEXT.preview.originsHint
      ) : known === null ? (
        TEXT.findings.checking
      ) : paths.length === 0 ? (
        <>
          {TEXT.preview.line(chosen.line + 1)}: {TEXT.preview.originsNone}
        </>
      ) : (
        <>
          {TEXT.preview.line(chosen.line + 1)}: {TEXT.preview.origins}{" "}
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

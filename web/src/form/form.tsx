// All settings in groups, in the order in which people decide.
import { computed, type ReadonlySignal, signal, useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { isGone } from "../engine/client.ts";
import { Icon } from "../page/icon.tsx";
import { later } from "../page/later.tsx";
import { Prose } from "../page/prose.tsx";
import { searched, showLine, wantedSetting, wantOrigins } from "../page/views.ts";
import { editError } from "../state/document.ts";
import { at, isWithin, keys } from "../state/json.ts";
import { about, errors, fileKey, files, findings, hasOrigins, isUnread, origins, values } from "../state/result.ts";
import { TEXT } from "../text.ts";
import { Field, FindingsAt, held } from "./field.tsx";
import { leaves, Reader, type Setting } from "./schema.ts";

const settings = computed<Setting[]>(() =>
  about.value === null ? [] : new Reader(about.value.schema).settings(),
);

/** Those that hold a value themselves. */
const fields = computed(() => leaves(settings.value));

/** The same ones are the same set: then no part of the form looks whether it is in it. */
function some(find: () => readonly Setting[]): ReadonlySignal<ReadonlySet<Setting>> {
  let last: ReadonlySet<Setting> = new Set();
  return computed(() => {
    const now = new Set(find());
    if (now.size !== last.size || [...now].some((setting) => !last.has(setting))) last = now;
    return last;
  });
}

/** Those of them that the text says. */
const changed = some(() => fields.value.filter((setting) => at(values.value, setting.path) !== undefined));

const showAll = signal(false);
const changedOnly = signal(false);
const opened = signal<ReadonlySet<string>>(new Set());

interface Group {
  id: string;
  title: string;
  settings: Setting[];
  /** Those of them, or below them, that hold a value themselves. */
  fields: Setting[];
}

/** What is in no group is not for people: Helm's `global`, which is accepted and ignored. */
const groups = computed<Group[]>(() =>
  (about.value?.groups ?? []).flatMap(({ id, title }) => {
    const list = settings.value.filter((setting) => setting.group === id);
    return list.length === 0 ? [] : [{ id, title, settings: list, fields: leaves(list) }];
  }),
);

/** The words that are searched for. */
const wanted = computed(() => searched.value.toLowerCase().split(/\s+/).filter(Boolean));
const hasAll = (text: string): boolean => wanted.value.every((word) => [word, word.replaceAll("-", "")].some((form) => text.includes(form)));

/** What is called so comes before that of which it is said, what is for all pods before what is for readers, and a whole before parts of parts. */
const rank = ({ called, path }: Setting): number => (hasAll(called) ? 0 : 2) + (isWithin(path, "/readers") ? 1 : 0) + keys(path).length / 10;
const best = (all: readonly Setting[]): number => Math.min(...all.filter((setting) => visible.value.has(setting)).map(rank));
/** The best of what is found first; otherwise all as the schema has them. */
const inOrder = <T extends Setting | Group>(all: readonly T[]): readonly T[] => {
  if (wanted.value.length === 0) return all;
  const ranks = new Map(all.map((one) => [one, best("fields" in one ? one.fields : leaves([one]))]));
  return all.toSorted((one, other) => (ranks.get(one) ?? 0) - (ranks.get(other) ?? 0));
};

/** Which settings are to be seen: by search, by what is changed, or by level. */
const visible = some(() => [...choose(), ...held.value]);
function choose(): Iterable<Setting> {
  if (wanted.value.length > 0) {
    const found = fields.value.filter((setting) => hasAll(setting.words));
    return found.length > 0 ? found : renderedBy(searched.value);
  }
  if (changedOnly.value) return changed.value;
  if (showAll.value) return fields.value;
  return fields.value.filter((setting) => setting.level === "essential" || changed.value.has(setting) || hasFinding(setting));
}

const hasFinding = (setting: Setting): boolean =>
  findings.value.some((one) => isWithin(one.path, setting.path));

/** Whether it is being looked for which settings make which line. */
const isLooking = computed(() => wantOrigins.value && !hasOrigins.value && !isGone());

let last: { needle: string; found: Setting[] } = { needle: "", found: [] };
/** Settings that make a line of the manifests with this text; while that is being looked for, those that did. */
function renderedBy(text: string): Setting[] {
  const known = origins.value;
  const needle = text.trim().toLowerCase();
  if (known === null) return isLooking.value && last.needle === needle ? last.found : [];
  const paths = new Set<string>();
  for (const file of files.value) {
    const lines = known.documents.find((one) => fileKey(one) === fileKey(file))?.lines ?? [];
    file.text.split("\n").forEach((line, number) => {
      if (!line.toLowerCase().includes(needle)) return;
      for (const index of lines[number] ?? []) paths.add(known.settings[index] ?? "");
    });
  }
  const made = [...paths];
  last = { needle, found: fields.value.filter((setting) => made.some((path) => isWithin(path, setting.path))) };
  return last.found;
}

const isSeen = (setting: Setting): boolean =>
  setting.kind === "object" ? setting.children.some(isSeen) : visible.value.has(setting);

const isSearching = computed(() => searched.value.trim() !== "" || changedOnly.value);

export function Form() {
  useWanted();
  const isEmpty = visible.value.size === 0;
  return (
    <div class="form">
      <div class="form-tools">
        <label class="search">
          <Icon name="search" />
          <input
            type="search"
            value={searched.value}
            aria-label={TEXT.form.search}
            placeholder={TEXT.form.search}
            title={TEXT.form.searchHint}
            onInput={(event) => {
              searched.value = event.currentTarget.value;
            }}
          />
        </label>
        <div class="segments" role="radiogroup" aria-label={TEXT.form.levels}>
          {[false, true].map((all) => (
            <label key={String(all)}>
              <input
                type="radio"
                name="level"
                checked={showAll.value === all}
                onChange={() => {
                  showAll.value = all;
                }}
              />
              <span>{all ? TEXT.form.all : TEXT.form.essential}</span>
            </label>
          ))}
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={changedOnly.value}
            onChange={(event) => {
              changedOnly.value = event.currentTarget.checked;
            }}
          />{" "}
          {TEXT.form.changedOnly}
        </label>
      </div>
      {isSearching.value && (
        <p class="found" role="status">
          {!isEmpty ? TEXT.form.found(visible.value.size) : isLooking.value ? TEXT.form.looking : TEXT.form.none}
        </p>
      )}
      {isUnread.value && <p class="banner warning">{TEXT.form.unread}</p>}
      {editError.value !== null && (
        <p class="banner error" role="alert">
          {editError.value}
        </p>
      )}
      {!isSearching.value && <StartingPoints />}
      {inOrder(groups.value).map((group) => (
        <Section key={group.id} group={group} />
      ))}
    </div>
  );
}

const Presets = later((parts) => parts.Presets);

function StartingPoints() {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="group presets" aria-label={TEXT.presets} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>{TEXT.presets}</h3>
      </summary>
      {isOpen && <Presets />}
    </details>
  );
}

function toggle(id: string): void {
  const next = new Set(opened.peek());
  if (!next.delete(id)) next.add(id);
  opened.value = next;
}

function Section({ group }: { group: Group }) {
  const seen = useComputed(() => group.fields.some((setting) => visible.value.has(setting)));
  const count = useComputed(() => group.fields.filter((setting) => changed.value.has(setting)).length);
  const wrong = useComputed(() => errors.value.filter((finding) => group.settings.some((setting) => isWithin(finding.path, setting.path))).length);
  const isOpen = useComputed(() => isSearching.value || opened.value.has(group.id) !== FIRST.has(group.id));
  if (!seen.value) return null;
  // A group of one object needs no frame in a frame.
  const [only, ...others] = group.settings;
  const whole = others.length === 0 && only?.kind === "object" ? only : undefined;
  return (
    <details
      class="group"
      {...(whole && wholeAs(whole))}
      aria-label={group.title}
      open={isOpen.value}
      onToggle={(event) => {
        if (isSearching.peek() || event.currentTarget.open === isOpen.peek()) return;
        toggle(group.id);
      }}
    >
      <summary>
        <h3>{group.title}</h3>
        {count.value > 0 && <span class="count">{TEXT.form.changedCount(count.value)}</span>}
        {wrong.value > 0 && <span class="count error">{TEXT.findings.errors(wrong.value)}</span>}
      </summary>
      {isOpen.value && whole !== undefined && <About setting={whole} />}
      {isOpen.value && inOrder(whole?.children ?? group.settings).map((setting) => <Node key={setting.path} setting={setting} />)}
    </details>
  );
}

/** What is open to begin with. */
const FIRST: ReadonlySet<string> = new Set(["cluster", "storage"]);

function Node({ setting }: { setting: Setting }) {
  const seen = useComputed(() => isSeen(setting));
  if (!seen.value) return null;
  if (setting.kind !== "object") return <Field setting={setting} />;
  return (
    <fieldset class="object" {...wholeAs(setting)}>
      <legend>{setting.title}</legend>
      <About setting={setting} />
      {inOrder(setting.children).map((child) => (
        <Node key={child.path} setting={child} />
      ))}
    </fieldset>
  );
}

/** What is about an object, not about one of its settings, leads there. */
const wholeAs = ({ path }: Setting) => ({ id: `set${path}`, tabIndex: -1 });

function About({ setting: { path, description } }: { setting: Setting }) {
  return (
    <>
      <p class="about">
        <Prose text={description} />
      </p>
      <FindingsAt path={path} isWhole={false} id={`set${path}.found`} />
    </>
  );
}

/** Makes a setting visible that somebody wants to see, and puts the focus there. */
function useWanted(): void {
  const wish = wantedSetting.value;
  useEffect(() => {
    if (wish === null) return;
    wantedSetting.value = null;
    const { path, line, column } = wish;
    const target = fields.peek().find((setting) => isWithin(path, setting.path) || isWithin(setting.path, path));
    if (target === undefined) {
      // An unknown key has no field, but a line.
      if (typeof line === "number") showLine(line, column ?? 1);
      return;
    }
    searched.value = "";
    changedOnly.value = false;
    if (!visible.peek().has(target)) showAll.value = true;
    if (opened.peek().has(target.group) === FIRST.has(target.group)) toggle(target.group);
    // When it is drawn.
    setTimeout(() => focusAt(path, target.path));
  }, [wish]);
}

/** The most exact of what is there: an entry, a field, or the whole that it is a field of. */
function focusAt(path: string, field: string): void {
  const whole = document.querySelector<HTMLElement>(`[data-path="${field}"]`);
  const exact = document.getElementById(`set${path}`) ?? whole;
  const inner = ["input:checked", ":is(input, select, textarea)", ":is(button, [tabindex])"];
  const first = inner.flatMap((selector) => exact?.querySelector<HTMLElement>(selector) ?? []);
  whole?.scrollIntoView({ block: "center" });
  (exact?.matches(":is(input, select, textarea, fieldset, details)") === true ? exact : first[0])?.focus({ preventScroll: true });
}

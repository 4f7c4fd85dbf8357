// All settings in groups, in the order in which people decide.
import { computed, signal, useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../page/icon.tsx";
import { Prose } from "../page/prose.tsx";
import { wantedSetting } from "../page/views.ts";
import { editError } from "../state/document.ts";
import { at, isWithin } from "../state/json.ts";
import { about, errors, fileKey, files, findings, isLooking, isUnread, origins, values, wantOrigins } from "../state/result.ts";
import { TEXT } from "../text.ts";
import { Field, FindingsAt } from "./field.tsx";
import { Presets } from "./presets.tsx";
import { hasEssential, leaves, Reader, type Setting, titleOf } from "./schema.ts";

export const settings = computed<Setting[]>(() =>
  about.value === null ? [] : new Reader(about.value.schema).settings(),
);

/** Those that hold a value themselves. */
const fields = computed(() => leaves(settings.value));
/** Those of them that the text says. */
const changed = computed<ReadonlySet<Setting>>(
  () => new Set(fields.value.filter((setting) => at(values.value, setting.path) !== undefined)),
);

const showAll = signal(false);
const changedOnly = signal(false);
const wanted = signal("");
const opened = signal<ReadonlySet<string>>(new Set());

interface Group {
  id: string;
  title: string;
  settings: Setting[];
}

const groups = computed<Group[]>(() => {
  const byId = new Map<string, Setting[]>();
  for (const { id } of about.value?.groups ?? []) byId.set(id, []);
  for (const setting of settings.value) {
    // What is in no group is not for people: Helm's `global`, which is accepted and ignored.
    byId.get(setting.group)?.push(setting);
  }
  const titles = new Map((about.value?.groups ?? []).map((group) => [group.id, group.title]));
  return [...byId].flatMap(([id, list]) =>
    list.length === 0 ? [] : [{ id, title: titles.get(id) ?? titleOf(id), settings: list }],
  );
});

let seenLast: ReadonlySet<Setting> = new Set();
/** Which settings are to be seen: by search, by what is changed, or by level. */
const visible = computed<ReadonlySet<Setting>>(() => {
  const now = choose();
  // The same ones are the same set: then no part of the form looks whether it is to be seen.
  if (now.size !== seenLast.size || [...now].some((setting) => !seenLast.has(setting))) seenLast = now;
  return seenLast;
});
function choose(): ReadonlySet<Setting> {
  const words = wanted.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length > 0) {
    const found = fields.value.filter((setting) => words.every((word) => [word, word.replaceAll("-", "")].some((form) => setting.words.includes(form))));
    return new Set(found.length > 0 ? found : renderedBy(wanted.value));
  }
  if (changedOnly.value) return changed.value;
  if (showAll.value) return new Set(fields.value);
  const isShown = (setting: Setting): boolean =>
    setting.level === "essential" || changed.value.has(setting) || hasFinding(setting);
  return new Set(fields.value.filter(isShown));
}

const hasFinding = (setting: Setting): boolean =>
  findings.value.some((one) => isWithin(one.path, setting.path));

/** Settings that make a line of the manifests with this text. */
function renderedBy(text: string): Setting[] {
  const known = origins.value;
  if (known === null) return [];
  const needle = text.trim().toLowerCase();
  const paths = new Set<string>();
  for (const file of files.value) {
    const lines = known.documents.find((one) => fileKey(one) === fileKey(file))?.lines ?? [];
    file.text.split("\n").forEach((line, number) => {
      if (!line.toLowerCase().includes(needle)) return;
      for (const index of lines[number] ?? []) paths.add(known.settings[index] ?? "");
    });
  }
  const made = [...paths];
  return fields.value.filter((setting) => made.some((path) => isWithin(path, setting.path)));
}

const isSeen = (setting: Setting): boolean =>
  setting.kind === "object" ? setting.children.some(isSeen) : visible.value.has(setting);

const changedIn = (list: readonly Setting[]): number => leaves(list).filter((setting) => changed.value.has(setting)).length;

const isSearching = computed(() => wanted.value.trim() !== "" || changedOnly.value);

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
            value={wanted.value}
            aria-label={TEXT.form.search}
            placeholder={TEXT.form.search}
            title={TEXT.form.searchHint}
            onInput={(event) => {
              wanted.value = event.currentTarget.value;
              wantOrigins.value = true;
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
      {!isSearching.value && <Presets />}
      {groups.value.map((group) => (
        <Section key={group.id} group={group} />
      ))}
    </div>
  );
}

function Section({ group }: { group: Group }) {
  const seen = useComputed(() => group.settings.some(isSeen));
  const count = useComputed(() => changedIn(group.settings));
  const isEssential = group.settings.some(hasEssential);
  const wrong = useComputed(() => errors.value.filter((finding) => group.settings.some((setting) => isWithin(finding.path, setting.path))).length);
  const isOpen = useComputed(() => isSearching.value || opened.value.has(group.id) !== (isEssential && FIRST.has(group.id)));
  if (!seen.value) return null;
  // A group of one object needs no frame in a frame.
  const [only, ...others] = group.settings;
  const whole = others.length === 0 && only?.kind === "object" ? only : undefined;
  return (
    <details
      class="group"
      open={isOpen.value}
      onToggle={(event) => {
        if (isSearching.peek() || event.currentTarget.open === isOpen.peek()) return;
        const next = new Set(opened.peek());
        if (!next.delete(group.id)) next.add(group.id);
        opened.value = next;
      }}
    >
      <summary>
        <h3>{group.title}</h3>
        {count.value > 0 && <span class="count">{TEXT.form.changedCount(count.value)}</span>}
        {wrong.value > 0 && <span class="count error">{TEXT.findings.errors(wrong.value)}</span>}
      </summary>
      {isOpen.value && whole !== undefined && <p class="about">{whole.description}</p>}
      {isOpen.value && (whole?.children ?? group.settings).map((setting) => <Node key={setting.path} setting={setting} />)}
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
    <fieldset class="object">
      <legend>{setting.title}</legend>
      <p class="about">
        <Prose text={setting.description} />
      </p>
      <FindingsAt path={setting.path} isWhole={false} id={`set${setting.path}.found`} />
      {setting.children.map((child) => (
        <Node key={child.path} setting={child} />
      ))}
    </fieldset>
  );
}

/** Makes a setting visible that somebody wants to see: the field itself takes the focus. */
function useWanted(): void {
  const wish = wantedSetting.value;
  useEffect(() => {
    if (wish === null) return;
    const target = fields.peek().find(
      (setting) => isWithin(wish.path, setting.path) || isWithin(setting.path, wish.path),
    );
    if (target === undefined) {
      wantedSetting.value = null;
      return;
    }
    wanted.value = "";
    changedOnly.value = false;
    if (!visible.peek().has(target)) showAll.value = true;
    const isOpenFirst = FIRST.has(target.group);
    if (opened.peek().has(target.group) === isOpenFirst) {
      const next = new Set(opened.peek());
      if (!next.delete(target.group)) next.add(target.group);
      opened.value = next;
    }
  }, [wish]);
}

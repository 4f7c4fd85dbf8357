// Editors of values by their shape: a number, a choice, a list, a map, an object. They know a value and whom to tell of
// another one, not where either is kept.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Json } from "../engine/types.ts";
import { revisions } from "../state/document.ts";
import { at, isObject, type JsonObject, keys, pointer } from "../state/json.ts";
import { TEXT } from "../text.ts";
import { Icon } from "../page/icon.tsx";
import { Line } from "./line.tsx";
import { aria, type Change, type From, type PartProps } from "./part.ts";
import { type Setting, type Shape, shown } from "./schema.ts";

export function Part(props: PartProps): ComponentChildren {
  switch (props.shape.kind) {
    case "boolean":
      return <Switch {...props} />;
    case "enum":
      return <Choice {...props} />;
    case "integer":
    case "text":
      return <Line {...props} />;
    case "list":
      return <List {...props} />;
    case "map":
      return <Entries {...props} />;
    case "object":
      return <Members {...props} />;
    case "free":
      return <Free {...props} />;
  }
}

function Switch(props: PartProps) {
  const { shape, value, change, label } = props;
  if (shape.nullable || (value !== undefined && typeof value !== "boolean")) return <Choice {...props} />;
  const isOn = (value ?? shape.default) === true;
  // The browser has changed it already when an edit does not come about.
  void revisions.value;
  return (
    <label class="switch">
      <input
        {...aria(props)}
        type="checkbox"
        role="switch"
        aria-label={label}
        checked={isOn}
        onChange={(event) => change("", event.currentTarget.checked)}
      />
      <span aria-hidden="true">{isOn ? TEXT.form.on : TEXT.form.off}</span>
    </label>
  );
}

/** Up to this many options are shown at once. */
const FEW = 4;

function Choice(props: PartProps) {
  const { shape, value, change, id, label } = props;
  const isBoolean = shape.kind === "boolean";
  const options = isBoolean
    ? [
        { value: "true", description: "" },
        { value: "false", description: "" },
      ]
    : shape.options;
  const set = value === undefined ? shape.default : value;
  const chosen = set === undefined || set === null ? "" : String(set);
  const isKnown = chosen === "" || options.some((option) => option.value === chosen);
  const pick = (to: string): void =>
    change("", to === "" ? undefined : isBoolean ? to === "true" : to);
  const about = options.find((option) => option.value === chosen)?.description;
  // As in `Switch`.
  void revisions.value;
  const isFew = options.length <= FEW && !isBoolean && !shape.nullable && isKnown && chosen !== "";
  return (
    <div class="choice">
      {isFew ? (
        <div {...aria(props)} class="segments" role="radiogroup" aria-label={label}>
          {options.map((option) => (
            <label key={option.value} title={option.description}>
              <input
                type="radio"
                name={id}
                checked={option.value === chosen}
                onChange={() => pick(option.value)}
              />
              <span>{option.value}</span>
            </label>
          ))}
        </div>
      ) : (
        <select {...aria(props)} aria-label={label} value={chosen} onChange={(event) => pick(event.currentTarget.value)}>
          {(shape.nullable || chosen === "") && <option value="">{TEXT.form.unset}</option>}
          {!isKnown && <option value={chosen}>{chosen}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {isBoolean ? (option.value === "true" ? TEXT.form.on : TEXT.form.off) : option.value}
            </option>
          ))}
        </select>
      )}
      {about !== undefined && about !== "" && <span class="about-option">{about}</span>}
    </div>
  );
}

/** What a new entry begins as. */
function blank(shape: Shape): Json {
  switch (shape.kind) {
    case "object": {
      const needed = shape.children.filter((child) => child.required);
      return Object.fromEntries(needed.map((child) => [child.key, child.default ?? blank(child)]));
    }
    case "list":
      return [];
    case "map":
    case "free":
      return {};
    case "boolean":
      return false;
    case "integer":
      return 0;
    // Nobody chooses for who adds it: the first may be the widest, as with permissions.
    case "enum":
    case "text":
      return "";
  }
}

/** The same below one more key; a list or map that is only the default so far is written down whole. */
function under(key: string | number, whole: Json, isWritten: boolean, change: Change): Change {
  const name = pointer([key]);
  if (isWritten) return (below, value, from) => change(name + below, value, from);
  return (below, value, from) => {
    const copy = structuredClone(whole);
    assign(copy, name + below, value, from);
    change("", copy);
  };
}

/** An entry that is emptied stays, so that no other one takes its place under the hands of who types: only its button removes it. */
const staying =
  (below: Change, item: Shape): Change =>
  (path, to, from) =>
    below(path, path === "" ? (to ?? blank(item)) : to, from);

function assign(whole: Json, below: string, value: Json | undefined, from?: From): void {
  const last = keys(below).at(-1) ?? "";
  const target = at(whole, below.slice(0, below.lastIndexOf("/")));
  if (Array.isArray(target)) {
    if (from !== undefined) target.splice(Number(last), 0, ...target.splice(Number(from), 1));
    else if (value === undefined) target.splice(Number(last), 1);
    else target[Number(last)] = value;
  } else if (isObject(target)) {
    if (from !== undefined) delete target[from];
    if (value === undefined) delete target[last];
    else target[last] = value;
  }
}

const EDITORS = "input, select, textarea";

/** The entry that is added takes the focus as soon as it is there: when the engine has answered, and no later. */
function useAdded(): (id: string) => void {
  const added = useRef("");
  useLayoutEffect(() => {
    const entry = document.getElementById(added.current);
    if (entry === null) return;
    added.current = "";
    (entry.matches(EDITORS) ? entry : entry.querySelector<HTMLElement>(EDITORS))?.focus();
  });
  return (id) => {
    added.current = id;
  };
}

function List(props: PartProps) {
  const { shape, value, change, id, label, describedBy, toText } = props;
  const focusAdded = useAdded();
  const { item } = shape;
  if (item === undefined) return null;
  if (value !== undefined && value !== null && !Array.isArray(value)) return <Misfit {...props} />;
  const entries = value ?? (Array.isArray(shape.default) ? shape.default : []);
  const isWritten = Array.isArray(value);
  const add = (): void => {
    focusAdded(`${id}/${entries.length}`);
    under(entries.length, entries, isWritten, change)("", blank(item));
  };
  const isPlain = item.kind !== "object" && item.kind !== "map" && item.kind !== "list" && item.kind !== "free";
  const drawn = entries.slice(0, MOST);
  return (
    <div class="list" role="group" aria-label={label} aria-describedby={describedBy} id={id} tabIndex={-1}>
      {drawn.map((entry, index) => {
        const name = `${label} ${index + 1}`;
        const below = under(index, entries, isWritten, change);
        const mover = (by: 1 | -1) => {
          const to = index + by;
          return (
            <button
              type="button"
              class="icon"
              id={`${id}/${index}:${by}`}
              aria-label={TEXT.form.move(name, by)}
              aria-disabled={!(to in drawn)}
              onClick={() => {
                if (!(to in drawn)) return;
                // It goes with the entry.
                document.getElementById(`${id}/${to}:${by}`)?.focus();
                under(to, entries, isWritten, change)("", entry, index);
              }}
            >
              <Icon name={by < 0 ? "up" : "down"} />
            </button>
          );
        };
        return (
          // Entries have no identity but their place.
          <div class={isPlain ? "entry plain" : "entry"} key={index}>
            {!isPlain && <div class="entry-title">{TEXT.form.entry(index)}</div>}
            <Part shape={item} value={entry} change={staying(below, item)} id={`${id}/${index}`} label={name} toText={toText} />
            <div class="tools">
              {mover(-1)}
              {mover(1)}
              <Remove name={name} below={below} />
            </div>
          </div>
        );
      })}
      <Rest count={entries.length - MOST} toText={toText} />
      <button type="button" class="add" aria-label={TEXT.form.addTo(label)} onClick={add}>
        <Icon name="plus" /> {TEXT.form.add}
      </button>
    </div>
  );
}

function Remove({ name, below }: { name: string; below: Change }) {
  return (
    <button
      type="button"
      class="icon"
      aria-label={TEXT.form.remove(name)}
      onClick={(event) => {
        // This button goes; the keyboard stays at the list.
        event.currentTarget.closest(".list")?.querySelector<HTMLElement>(":scope > .add, :scope > .line-field > .add")?.focus();
        below("", undefined);
      }}
    >
      <Icon name="close" />
    </button>
  );
}

/** So many entries have an editor each; more are for a text editor. */
const MOST = 100;

function Rest({ count, toText }: { count: number; toText: () => void }) {
  if (count <= 0) return null;
  return <InText toText={toText}>{TEXT.form.rest(count)}</InText>;
}

function Entries(props: PartProps) {
  const { shape, value, change, id, label, describedBy, toText } = props;
  const focusAdded = useAdded();
  const newKey = useRef<HTMLInputElement>(null);
  const [key, setKey] = useState("");
  /** Whether an entry was to be added without a key. */
  const [isMissing, setMissing] = useState(false);
  const { item } = shape;
  if (item === undefined) return null;
  if (value !== undefined && value !== null && !isObject(value)) return <Misfit {...props} />;
  const entries = value ?? (isObject(shape.default) ? shape.default : {});
  const names = Object.keys(entries);
  const isWritten = isObject(value);
  const isTaken = Object.hasOwn(entries, key);
  const wrong = isTaken ? TEXT.form.taken : isMissing ? TEXT.form.keyMissing : "";
  const add = (): void => {
    if (key === "" || isTaken) {
      setMissing(key === "");
      newKey.current?.focus();
      return;
    }
    focusAdded(id + pointer([key]));
    under(key, entries, isWritten, change)("", blank(item));
    setKey("");
  };
  return (
    <div class="list" role="group" aria-label={label} aria-describedby={describedBy} id={id} tabIndex={-1}>
      {names.slice(0, MOST).map((name, index) => (
        // By its place: what is called otherwise is the same entry, under the same hands.
        <Pair key={index} whole={props} name={name} entries={entries} item={item} to={(other) => under(other, entries, isWritten, change)} />
      ))}
      <Rest count={names.length - MOST} toText={toText} />
      <span class="line-field">
        <input
          ref={newKey}
          type="text"
          value={key}
          placeholder={TEXT.form.newKey}
          aria-label={`${TEXT.form.newKey}: ${label}`}
          aria-invalid={wrong === "" ? undefined : "true"}
          spellcheck={false}
          onInput={(event) => {
            setKey(event.currentTarget.value);
            setMissing(false);
          }}
          onBlur={() => setMissing(false)}
          onKeyDown={(event) => {
            if (event.key === "Enter") add();
          }}
        />
        <button type="button" class="add" aria-label={TEXT.form.addTo(label)} onClick={add}>
          <Icon name="plus" /> {TEXT.form.add}
        </button>
        <span class="wrong" role="status">
          {wrong}
        </span>
      </span>
    </div>
  );
}

interface PairProps {
  whole: PartProps;
  name: string;
  entries: JsonObject;
  item: Shape;
  /** Changes the entry of that name. */
  to: (name: string) => Change;
}

function Pair({ whole, name, entries, item, to }: PairProps) {
  /** What it is called as soon as the engine has answered: what is typed into its value meanwhile is meant for that. */
  const [called, setCalled] = useState(name);
  const [key, setKey] = useState(name);
  useLayoutEffect(() => {
    setCalled(name);
    setKey(name);
  }, [name, revisions.value]);
  const below = to(called);
  const label = `${whole.label}: ${name}`;
  const wrong = key === called ? "" : key === "" ? TEXT.form.keyMissing : Object.hasOwn(entries, key) ? TEXT.form.taken : "";
  return (
    <div class="entry pair">
      <input
        type="text"
        class="pair-key"
        value={key}
        aria-label={TEXT.form.key(label)}
        aria-invalid={wrong === "" ? undefined : "true"}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => setKey(event.currentTarget.value)}
        onChange={() => {
          if (key === called || wrong !== "") return;
          to(key)("", entries[name], called);
          setCalled(key);
        }}
      />
      <Part shape={item} value={entries[name]} change={staying(below, item)} id={whole.id + pointer([name])} label={label} toText={whole.toText} />
      <span class="wrong" role="status">
        {wrong}
      </span>
      <div class="tools">
        <Remove name={name} below={below} />
      </div>
    </div>
  );
}

function Members(props: PartProps) {
  const { shape, value, change, id, label, toText } = props;
  if (value !== undefined && value !== null && !isObject(value)) return <Misfit {...props} />;
  const there = isObject(value) ? value : {};
  return (
    <div class="members" role="group" aria-label={label} id={id} tabIndex={-1}>
      {shape.children.map((child) => (
        <Member key={child.key} {...{ child, id, toText, change }} value={there[child.key]} label={label} />
      ))}
    </div>
  );
}

interface MemberProps {
  child: Setting;
  value: Json | undefined;
  change: Change;
  id: string;
  label: string;
  toText: () => void;
}

function Member({ child, value, change, id, label, toText }: MemberProps) {
  const name = pointer([child.key]);
  return (
    <div class="member">
      <span class="member-title" title={child.description}>
        {child.title}
        {child.required && <abbr title="required">*</abbr>}
      </span>
      <Part
        shape={child}
        value={value}
        change={(below, to, from) => change(name + below, below === "" && to === undefined && child.required ? "" : to, from)}
        id={id + name}
        label={`${label}: ${child.title}`}
        toText={toText}
      />
    </div>
  );
}

/** What no editor here can take apart. */
function InText({ toText, children }: { toText: () => void; children: ComponentChildren }) {
  return (
    <div class="free">
      {children}
      <button type="button" class="quiet" onClick={toText}>
        {TEXT.form.toText}
      </button>
    </div>
  );
}

const Free = ({ value, toText }: PartProps) => (
  <InText toText={toText}>
    {value !== undefined && value !== null && <code>{shown(value)}</code>}
    <span>{TEXT.form.free}</span>
  </InText>
);

/** What is there is of another kind than what should be. */
const Misfit = ({ value, toText }: PartProps) => (
  <InText toText={toText}>
    <code>{shown(value)}</code>
  </InText>
);

// The one state: a release and the text of its values. The form, the editor and links all change it here.
import { computed, signal } from "@preact/signals";
import { ask, Broken, told } from "../engine/client.ts";
import type { Edited, Json, Preview, Release } from "../engine/types.ts";
import { begin, change, type History, redo as forward, undo as back } from "./history.ts";
import { isObject } from "./json.ts";
import { ALL, load, save, TABS, whenChanged } from "./store.ts";

export interface Document {
  readonly release: Release;
  readonly text: string;
}

export const EMPTY: Document = { release: { name: "rqlite", namespace: "default" }, text: "" };

const isText = (part: Json | undefined): part is string => typeof part === "string";
const isOptional = (part: Json | undefined): boolean => part === undefined || isText(part);

function isDocument(value: unknown): value is Document {
  if (!isObject(value) || !isText(value["text"]) || !isObject(value["release"])) return false;
  const { name, namespace, kubeVersion, apiVersions } = value["release"];
  const areTexts = apiVersions === undefined || (Array.isArray(apiVersions) && apiVersions.every(isText));
  return isText(name) && isText(namespace) && isOptional(kubeVersion) && areTexts;
}

/** What the address has. */
interface Linked {
  readonly link?: string;
  /** Whether the document is as a link brought it: nobody's work is lost with it. */
  readonly isLinked?: boolean;
}
const isLinkedTo = (value: unknown): value is Linked => isObject(value);

/** What was here under an address that somebody has left. */
interface Left {
  readonly link: string;
  readonly document: Document;
  readonly isLinked: boolean;
}
const areLeft = (value: unknown): value is Left[] => Array.isArray(value) && value.every((one) => isObject(one) && isText(one["link"]) && isDocument(one["document"]));
/** So many are remembered. */
const MOST = 10;
/** Longer texts are not kept twice. */
const LONG = 200_000;

const kept: Document & Linked = load("document", isDocument) ?? EMPTY;
let lefts = load("left", areLeft) ?? [];
const history = signal<History<Document>>(begin({ release: kept.release, text: kept.text }));
/** The link of what is here, as far as it is in the address: whoever opens it in this browser gets comments and secrets, too. */
let { link, isLinked = false }: Linked = load("linked", isLinkedTo) ?? kept;
/** What that is the link of: it follows what is typed, a moment later. */
let linkOf: Document | null = null;
/** Whether what is here will be here the next time. */
export const isKept = signal(true);
/** What a link has replaced before anything could be undone. */
export const earlier = signal(load("earlier", isDocument));

export const document = computed(() => history.value.present);
export const text = computed(() => document.value.text);
export const release = computed(() => document.value.release);
export const canUndo = computed(() => history.value.past.length > 0);
export const canRedo = computed(() => history.value.future.length > 0);

/** Why the last edit of a field did not come about. */
export const editError = signal<string | null>(null);

/** It is kept when somebody has paused for so many milliseconds: to write it takes longer than a key. */
const PAUSE = 250;
let saving = 0;
/** Whether something was changed here: if not, another tab may have kept something newer. */
let isChanged = false;

function keepSoon(): void {
  clearTimeout(saving);
  saving = setTimeout(keepIt, PAUSE);
}

function keepIt(): void {
  clearTimeout(saving);
  saving = 0;
  const present = document.peek();
  // In this tab the address has that link; elsewhere it must be one of just this.
  save("linked", { link, isLinked }, [TABS]);
  // What a link brought is nobody's work until it is changed: a new tab does not begin with it.
  const to = isChanged && !isLinked ? [TABS, ALL] : [TABS];
  isKept.value = save("document", { ...present, link: linkOf === present ? link : undefined }, to);
  isChanged &&= linkOf !== present;
}

for (const leaving of ["pagehide", "visibilitychange"]) {
  addEventListener(leaving, () => {
    if (saving !== 0) keepIt();
  });
}

function set(next: History<Document>): void {
  history.value = next;
  isChanged = true;
  keepSoon();
}

export const isLinkOf = (part: string): boolean => part === link;

/** The address has a link of what is here. */
export function setLink(part: string, of: Document): void {
  [link, linkOf] = [part, of];
  keepSoon();
}

/** Remembers what is here under its address: who goes back to that finds comments and secrets, too. */
function leave(before: Document): void {
  const address = link ?? "";
  const others = lefts.filter((one) => one.link !== address).slice(0, MOST - 1);
  lefts = [{ link: address, document: before, isLinked }, ...others];
  save("left", lefts.filter((one) => one.document.text.length < LONG), [TABS]);
}

/** Goes back to what was left under a link; false where nothing was. */
export function returnTo(part: string): boolean {
  const left = lefts.find((one) => one.link === part);
  if (left === undefined) return false;
  putLinked(left.document, part, left.isLinked);
  return true;
}

/**
 * Goes back to one's own work, which an address without a link stands for, from what a link brought and nobody has changed; false where
 * one's own is here.
 */
export function returnToOwn(): boolean {
  if (!isLinked) return false;
  const own = lefts.find((one) => !one.isLinked);
  putLinked(own?.document ?? earlier.value ?? EMPTY, own?.link ?? "", false);
  // Nothing was: another tab may have kept something newer.
  isChanged = false;
  return true;
}

/** Takes a link's document in. What was here before can be had again, also when this tab is closed. */
export function putLinked(linked: Document, part: string, fromLink = true): void {
  const before = document.value;
  leave(before);
  if (before.text !== EMPTY.text && before.text !== linked.text && !isLinked) {
    earlier.value = before;
    save("earlier", before);
  }
  [link, linkOf] = [part, linked];
  put(linked, "", fromLink);
}

/** Changes the state; `by` names the place where it was typed, so that typing on there is one step to undo. */
export function put(present: Document, by = "", fromLink = false): void {
  const now = history.value.present;
  if (present.text === now.text && present.release === now.release) return;
  editError.value = null;
  isLinked = fromLink;
  set(change(history.value, present, by, Date.now()));
}

export const putText = (to: string, by = ""): void => put({ ...document.value, text: to }, by);
/** Takes what somebody types into the text: characters one after the other are one step to undo, and so are those taken away. */
export function typeText(to: string): void {
  const more = to.length - text.value.length;
  putText(to, more === 1 ? "typed" : more === -1 ? "erased" : "");
}
export const putRelease = (to: { [K in keyof Release]?: Release[K] | undefined }, by = ""): void => {
  // What is undefined is not there: all that is asked and kept is JSON.
  put({ ...document.value, release: { ...release.value, ...to } as Release }, by);
};
/** Counts what is undone and redone, and edits that did not come about: controls then show what is there, not what was done to them. */
export const revisions = signal(0);

function revise(to: History<Document>): void {
  // There is nothing to go back to: a link's document is still nobody's work.
  if (to === history.value) return;
  isLinked = false;
  set(to);
  revisions.value += 1;
}
export const undo = (): void => revise(back(history.value));
export const redo = (): void => revise(forward(history.value));

interface Imported {
  readonly name: string;
  readonly text: string;
}
const isImported = (value: unknown): value is Imported => isObject(value) && isText(value["name"]) && isText(value["text"]);
/** A text that something is compared with: what was imported or opened last. */
export const imported = signal(load("imported", isImported));
whenChanged(imported, (now) => {
  if (now !== null && now.text.length < LONG) save("imported", now);
});

/** The text of the starting point that was taken last, for the same. */
export const preset = signal<string | null>(null);

/** How many edits of fields are not in the text yet. */
export const waitingEdits = signal(0);

/** What the engine has said of the text that an edit has made: nobody has to ask. */
let foretold: { of: Document; preview: Preview } | null = null;
export const previewOf = (present: Document): Preview | null => (foretold?.of === present ? foretold.preview : null);

let edits: Promise<void> = Promise.resolve();

/** The text with a change in it. One that the engine breaks over when it renders it is made all the same. */
async function changed(before: Document, to: { path: string; value?: Json }): Promise<Edited> {
  try {
    return await ask("edit", { ...before, ...to });
  } catch (error) {
    if (error instanceof Broken) return ask("edit", { text: before.text, ...to });
    throw error;
  }
}

/** Edits are made one after the other, each in the text that the one before has left. */
export function editBy(make: (before: Document) => Promise<Edited>, by = ""): Promise<void> {
  const work = async (): Promise<void> => {
    try {
      for (;;) {
        const before = document.value;
        const answer = await make(before);
        // Somebody typed into the text meanwhile.
        if (document.value !== before) continue;
        const after = { ...before, text: answer.text };
        foretold = answer.preview === null ? null : { of: after, preview: answer.preview };
        put(after, by);
        return;
      }
    } catch (error) {
      editError.value = told(error);
      revisions.value += 1;
    } finally {
      waitingEdits.value -= 1;
    }
  };
  waitingEdits.value += 1;
  edits = edits.then(work);
  return edits;
}

/** Sets one setting in the text, or takes it out of it (`value` undefined). The engine writes the text. */
export const edit = (path: string, value: Json | undefined): Promise<void> =>
  editBy((before) => changed(before, value === undefined ? { path } : { path, value }), `form:${path}`);

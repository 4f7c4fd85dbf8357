// The one state: a release and the text of its values. The form, the editor and links all change it here.
import { computed, signal } from "@preact/signals";
import { ask } from "../engine/client.ts";
import type { Json, Preview, Release } from "../engine/types.ts";
import { begin, change, type History, redo as forward, undo as back } from "./history.ts";
import { isObject } from "./json.ts";
import { load, save } from "./store.ts";

export interface Document {
  readonly release: Release;
  readonly text: string;
}

export const EMPTY: Document = { release: { name: "rqlite", namespace: "default" }, text: "" };

const isText = (part: Json | undefined): boolean => part === undefined || typeof part === "string";

export function isDocument(value: unknown): value is Document {
  if (!isObject(value) || typeof value["text"] !== "string" || !isObject(value["release"])) return false;
  const { name, namespace, kubeVersion, apiVersions } = value["release"];
  const areTexts = apiVersions === undefined || (Array.isArray(apiVersions) && apiVersions.every(isText));
  return typeof name === "string" && typeof namespace === "string" && isText(kubeVersion) && areTexts;
}

const history = signal<History<Document>>(begin(load("document", isDocument) ?? EMPTY));

export const document = computed(() => history.value.present);
export const text = computed(() => document.value.text);
export const release = computed(() => document.value.release);
export const canUndo = computed(() => history.value.past.length > 0);
export const canRedo = computed(() => history.value.future.length > 0);

function set(next: History<Document>): void {
  history.value = next;
  save("document", next.present);
}

/** Changes the state; `by` names the place where it was typed, so that typing on there is one step to undo. */
export function put(present: Document, by = ""): void {
  const now = history.value.present;
  if (present.text === now.text && present.release === now.release) return;
  set(change(history.value, present, by, Date.now()));
}

export const putText = (to: string, by = ""): void => put({ ...document.value, text: to }, by);
export const putRelease = (to: { [K in keyof Release]?: Release[K] | undefined }, by = ""): void => {
  const { kubeVersion, apiVersions, ...next } = { ...release.value, ...to };
  const optional = { ...(kubeVersion === undefined ? {} : { kubeVersion }), ...(apiVersions === undefined ? {} : { apiVersions }) };
  const { name = "", namespace = "" } = next;
  put({ ...document.value, release: { name, namespace, ...optional } }, by);
};
export const undo = (): void => set(back(history.value));
export const redo = (): void => set(forward(history.value));

/** A text that something is compared with: what was imported or opened last. */
export const imported = signal<{ name: string; text: string } | null>(null);

/** Why the last edit of a field did not come about. */
export const editError = signal<string | null>(null);

/** How many edits of fields are not in the text yet. */
export const waitingEdits = signal(0);

/** What the engine has said of the text that an edit has made: nobody has to ask. */
let foretold: { of: Document; preview: Preview } | null = null;
export const previewOf = (present: Document): Preview | null => (foretold?.of === present ? foretold.preview : null);

let edits: Promise<void> = Promise.resolve();

/**
 * Sets one setting in the text, or takes it out of it (`value` undefined). The engine writes the text; edits are made
 * one after the other, each in the text that the one before has left.
 */
export function edit(path: string, value: Json | undefined): Promise<void> {
  const work = async (): Promise<void> => {
    try {
      for (;;) {
        const before = document.value;
        const answer = await ask("edit", value === undefined ? { ...before, path } : { ...before, path, value });
        // Somebody typed into the text meanwhile.
        if (document.value !== before) continue;
        editError.value = null;
        const after = { ...before, text: answer.text };
        foretold = answer.preview === null ? null : { of: after, preview: answer.preview };
        put(after, `form:${path}`);
        return;
      }
    } catch (error) {
      editError.value = error instanceof Error ? error.message : String(error);
    } finally {
      waitingEdits.value -= 1;
    }
  };
  waitingEdits.value += 1;
  edits = edits.then(work);
  return edits;
}

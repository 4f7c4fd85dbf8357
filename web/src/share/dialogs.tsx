// What is shared and what is taken in: loaded when somebody opens one of the two.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { copy } from "../page/copy.ts";
import { Icon } from "../page/icon.tsx";
import { document } from "../state/document.ts";
import { dotted } from "../state/json.ts";
import { dialog, notice } from "../page/views.ts";
import { LATER } from "../text.later.ts";
import { TEXT } from "../text.ts";
import { address, link, shareError } from "./link.ts";
import { take, takeFile } from "./take.ts";
import "./dialogs.css";

export function Dialogs() {
  if (dialog.value === "share") return <Share />;
  if (dialog.value === "import") return <Import />;
  return null;
}

function Dialog({ title, children }: { title: string; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = element;
    // What was said before is not about this.
    notice.value = null;
    current?.showModal();
    current?.querySelector<HTMLElement>("textarea:not([readonly])")?.focus();
    // The focus goes back to where it was.
    return () => current?.close();
  }, []);
  const close = (): void => element.current?.close();
  return (
    <dialog
      ref={element}
      aria-labelledby="dialog-title"
      onClose={() => {
        dialog.value = null;
      }}
    >
      <div class="dialog-head">
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="icon" aria-label={TEXT.menu.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {children}
      <p role="status">{notice.value?.what}</p>
    </dialog>
  );
}

function Share() {
  // Never that of an earlier state.
  const present = link.value?.of === document.value ? link.value : null;
  const url = present === null ? "" : address(present.link);
  return (
    <Dialog title={LATER.share.title}>
      <p>{LATER.share.about}</p>
      {shareError.value !== null && <p class="banner error">{shareError.value}</p>}
      {present !== null && shareError.value === null && (
        <>
          <label class="stack">
            {TEXT.share.link}
            <textarea readOnly rows={4} value={url} onFocus={(event) => event.currentTarget.select()} />
          </label>
          {present.omitted.length > 0 && (
            <p class="banner warning">
              {LATER.share.omitted} <code>{present.omitted.map(dotted).join(", ")}</code>
            </p>
          )}
          {present.scenario !== "" && <p>{LATER.share.scenario}</p>}
          <button type="button" class="main" onClick={() => copy(url)}>
            <Icon name="copy" /> {LATER.share.copy}
          </button>
          <p>{LATER.share.cli}</p>
          <pre tabIndex={0}>rqchart template --from-link '{present.link}'</pre>
        </>
      )}
    </Dialog>
  );
}

/** What was pasted is there until it is used, however the dialog was closed. */
const pasted = signal("");

function Import() {
  return (
    <Dialog title={LATER.importing.title}>
      <p>{LATER.importing.about}</p>
      <p class="about">{LATER.importing.kept}</p>
      <label class="stack">
        {LATER.importing.choose}
        <input
          type="file"
          accept=".yaml,.yml,.json,text/plain"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file !== undefined) void takeFile(file);
          }}
        />
      </label>
      <label class="stack">
        {LATER.importing.paste}
        <textarea
          rows={12}
          spellcheck={false}
          value={pasted.value}
          onInput={(event) => {
            pasted.value = event.currentTarget.value;
          }}
        />
      </label>
      <button
        type="button"
        class="main"
        disabled={pasted.value === ""}
        onClick={() => {
          take(pasted.value, LATER.importing.pasted);
          // It was taken: the dialog is closed.
          if (dialog.peek() === null) pasted.value = "";
        }}
      >
        {LATER.importing.use}
      </button>
    </Dialog>
  );
}

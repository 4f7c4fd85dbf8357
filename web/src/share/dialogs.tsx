// What is shared and what is taken in.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { copy } from "../page/copy.ts";
import { Icon } from "../page/icon.tsx";
import { notice } from "../page/views.ts";
import { imported, putText } from "../state/document.ts";
import { dotted } from "../state/json.ts";
import { TEXT } from "../text.ts";
import { address, link, shareError } from "./link.ts";

export const dialog = signal<"share" | "import" | null>(null);

const MEGABYTES = 2;

/** Takes a text in as values, unless it is none by its size alone. */
export function take(text: string, name: string): boolean {
  if (text.length > MEGABYTES * 1_000_000) {
    notice.value = TEXT.importing.tooLarge(MEGABYTES);
    return false;
  }
  putText(text);
  imported.value = { name, text };
  notice.value = TEXT.importing.done(name);
  return true;
}

async function takeFile(file: File): Promise<boolean> {
  if (file.size > MEGABYTES * 4_000_000) {
    notice.value = TEXT.importing.tooLarge(MEGABYTES);
    return false;
  }
  return take(await file.text(), file.name);
}

/** A file may be dropped anywhere. */
export function followDrops(): void {
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files") === true) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    void takeFile(file).then((isTaken) => {
      if (isTaken) dialog.value = null;
    });
  });
}

export function Dialogs() {
  if (dialog.value === "share") return <Share />;
  if (dialog.value === "import") return <Import />;
  return null;
}

function Dialog({ title, children }: { title: string; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
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
    </dialog>
  );
}

function Share() {
  const present = link.value;
  const url = present === null ? "" : address(present.link);
  return (
    <Dialog title={TEXT.share.title}>
      <p>{TEXT.share.about}</p>
      {shareError.value !== null && <p class="banner error">{shareError.value}</p>}
      {present !== null && shareError.value === null && (
        <>
          <label class="stack">
            {TEXT.share.link}
            <textarea readOnly rows={4} value={url} onFocus={(event) => event.currentTarget.select()} />
          </label>
          {present.omitted.length > 0 && (
            <p class="banner warning">
              {TEXT.share.omitted} <code>{present.omitted.map(dotted).join(", ")}</code>
            </p>
          )}
          <button type="button" class="main" onClick={() => copy(url)}>
            <Icon name="copy" /> {TEXT.share.copy}
          </button>
          <p>{TEXT.share.cli}</p>
          <pre tabIndex={0}>rqchart template --from-link '{present.link}'</pre>
        </>
      )}
    </Dialog>
  );
}

function Import() {
  const [pasted, setPasted] = useState("");
  return (
    <Dialog title={TEXT.importing.title}>
      <p>{TEXT.importing.about}</p>
      <label class="stack">
        {TEXT.importing.choose}
        <input
          type="file"
          accept=".yaml,.yml,.json,text/plain"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file === undefined) return;
            void takeFile(file).then((isTaken) => {
              if (isTaken) dialog.value = null;
            });
          }}
        />
      </label>
      <label class="stack">
        {TEXT.importing.paste}
        <textarea rows={12} spellcheck={false} value={pasted} onInput={(event) => setPasted(event.currentTarget.value)} />
      </label>
      <button
        type="button"
        class="main"
        disabled={pasted === ""}
        onClick={() => {
          if (take(pasted, TEXT.importing.pasted)) dialog.value = null;
        }}
      >
        {TEXT.importing.use}
      </button>
    </Dialog>
  );
}

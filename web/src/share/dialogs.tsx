// What is shared and what is taken in: loaded when somebody opens one of the two.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
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

export { takeFile };

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
      <p role="status">{notice.value}</p>
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

function Import() {
  const [pasted, setPasted] = useState("");
  return (
    <Dialog title={LATER.importing.title}>
      <p>{LATER.importing.about}</p>
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
        <textarea rows={12} spellcheck={false} value={pasted} onInput={(event) => setPasted(event.currentTarget.value)} />
      </label>
      <button
        type="button"
        class="main"
        disabled={pasted === ""}
        onClick={() => take(pasted, LATER.importing.pasted)}
      >
        {LATER.importing.use}
      </button>
    </Dialog>
  );
}

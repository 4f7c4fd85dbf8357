// values.yaml as text. A plain field at once; CodeMirror takes its place, and its caret, as soon as it is loaded.
import { effect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { redo, text, typeText, undo } from "../state/document.ts";
import { wantedLine } from "../page/views.ts";
import { findings, settled } from "../state/result.ts";
import { TEXT } from "../text.ts";
import type { Editor } from "./codemirror.ts";
import { offset } from "./offset.ts";

/** Longer texts stay in the plain field: marking them up would cost more than it shows. */
const LONGEST = 2_000_000;

export function Values() {
  const holder = useRef<HTMLDivElement>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const [editor, setEditor] = useState<Editor | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let isGone = false;
    let made: Editor | null = null;
    if (text.peek().length > LONGEST) return undefined;
    import("./codemirror.ts").then(
      ({ open }) => {
        if (isGone || holder.current === null) return;
        const area = plain.current;
        // At once, so that no key comes in between: what is hidden takes no focus.
        holder.current.hidden = false;
        made = open(holder.current, {
          label: TEXT.values.label,
          text: text.peek(),
          selection: area !== null && area === document.activeElement ? { anchor: area.selectionStart, head: area.selectionEnd } : null,
          change: typeText,
          undo,
          redo,
        });
        setEditor(made);
      },
      () => setFailed(true),
    );
    return () => {
      isGone = true;
      made?.close();
    };
  }, []);
  useEffect(() => {
    if (editor === null) return undefined;
    const stops = [
      effect(() => editor.setText(text.value)),
      effect(() => {
        // The same findings about another text may be marked no more.
        void settled.value;
        editor.setFindings(findings.value, TEXT.findings);
      }),
      effect(() => {
        const wish = wantedLine.value;
        if (wish === null) return;
        editor.show(wish.line, wish.column);
        wantedLine.value = null;
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, [editor]);
  return (
    <div class="values">
      <div class="codemirror" ref={holder} hidden={editor === null} />
      {editor === null && <Plain field={plain} isFinal={failed || text.value.length > LONGEST} />}
      <p class="about">{TEXT.values.tabHint}</p>
    </div>
  );
}

function Plain({ field, isFinal }: { field: RefObject<HTMLTextAreaElement | null>; isFinal: boolean }) {
  const wish = wantedLine.value;
  useEffect(() => {
    const area = field.current;
    if (wish === null || area === null) return;
    const lines = area.value.split("\n");
    const before = lines.slice(0, wish.line - 1).join("\n").length;
    const start = before + (wish.line > 1 ? 1 : 0) + offset(lines[wish.line - 1] ?? "", wish.column - 1);
    area.focus();
    area.setSelectionRange(start, start);
    area.scrollTop = (wish.line - 5) * 18;
    // CodeMirror goes there, too, when it is there.
    if (isFinal) wantedLine.value = null;
  }, [wish]);
  return (
    <textarea
      class="plain-text"
      ref={field}
      aria-label={TEXT.values.label}
      aria-busy={!isFinal}
      value={text.value}
      placeholder={TEXT.values.empty}
      spellcheck={false}
      wrap="off"
      onInput={(event) => typeText(event.currentTarget.value)}
    />
  );
}

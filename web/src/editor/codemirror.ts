// CodeMirror, loaded when values.yaml is opened. It lives in a shadow root: there its styles are sheets of their own,
// which the page's policy allows; in the page they would be an inline style element.
import { defaultKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, placeholder, tooltips } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Finding } from "../engine/types.ts";
import { TEXT } from "../text.ts";
import { offset } from "./offset.ts";

export interface Options {
  label: string;
  text: string;
  /** What is selected; with it the focus is taken, too. */
  selection: { anchor: number; head: number } | null;
  change: (text: string) => void;
  undo: () => void;
  redo: () => void;
}

export interface Editor {
  setText: (text: string) => void;
  setFindings: (findings: readonly Finding[], words: { error: string; warning: string }) => void;
  show: (line: number, column: number) => void;
  close: () => void;
}

/** Marks what the page itself has put in, so that it is not told of it. */
const ours = Annotation.define<true>();

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--t-key)" },
  { tag: tags.comment, color: "var(--t-comment)" },
  { tag: tags.string, color: "var(--t-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--t-number)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--quiet)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--select)",
  },
  ".cm-placeholder": { color: "var(--quiet)" },
  ".cm-panels, .cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-textfield, .cm-button": {
    backgroundColor: "var(--paper)",
    backgroundImage: "none",
    color: "var(--ink)",
    border: "1px solid var(--edge)",
  },
  ".cm-searchMatch": { backgroundColor: "var(--found)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--hover)", color: "var(--quiet)", border: "1px solid var(--line)" },
});

const does = (action: () => void) => (): boolean => {
  action();
  return true;
};

/** Chromium gives what is typed over a coloured selection that colour, by an inline style, which the page's policy forbids. */
function typeOver(event: InputEvent, view: EditorView): boolean {
  const { state } = view;
  if (event.inputType !== "insertText" || event.data === null || event.isComposing || state.selection.main.empty) return false;
  view.dispatch(state.update(state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true }));
  return true;
}

export function open(parent: HTMLElement, options: Options): Editor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  /** What was told last, which stands in the editor, or is about to. */
  let known = options.text;
  const view = new EditorView({
    parent: root,
    root,
    ...(options.selection && { scrollTo: EditorView.scrollIntoView(options.selection.head) }),
    state: EditorState.create({
      doc: options.text,
      ...(options.selection && { selection: options.selection }),
      extensions: [
        lineNumbers(),
        lintGutter(),
        foldGutter(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        yaml(),
        search({ top: true }),
        syntaxHighlighting(colours),
        look,
        placeholder(TEXT.values.empty),
        // Its box cuts off what is outside of it.
        tooltips({ tooltipSpace: ({ dom }) => dom.getBoundingClientRect() }),
        EditorView.domEventHandlers({ beforeinput: typeOver }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": options.label }),
        // One history for both views: the page's.
        keymap.of([
          { key: "Mod-z", run: does(options.undo), preventDefault: true },
          { key: "Mod-Shift-z", run: does(options.redo), preventDefault: true },
          { key: "Mod-y", run: does(options.redo), preventDefault: true },
          ...searchKeymap,
          ...lintKeymap,
          ...defaultKeymap,
        ]),
      ],
    }),
    dispatchTransactions(transactions, editor) {
      const last = transactions.at(-1);
      const isTyped = transactions.some((one) => one.docChanged && one.annotation(ours) !== true);
      // Told before it is drawn: the engine answers meanwhile.
      if (last !== undefined && isTyped) {
        known = last.newDoc.toString();
        options.change(known);
      }
      editor.update(transactions);
    },
  });
  if (options.selection !== null) view.focus();
  let isMarked = false;
  return {
    setText(text) {
      if (text === known) return;
      known = text;
      const old = view.state.doc.toString();
      // The editor has line breaks of one kind.
      text = view.state.toText(text).toString();
      // Only what differs, so that the cursor and the folds stay where they are.
      let from = 0;
      const most = Math.min(old.length, text.length);
      while (from < most && old[from] === text[from]) from += 1;
      let tail = 0;
      while (tail < most - from && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail += 1;
      const changes = { from, to: old.length - tail, insert: text.slice(from, text.length - tail) };
      view.dispatch({ changes, annotations: ours.of(true) });
    },
    setFindings(findings, words) {
      const { doc } = view.state;
      const marks = findings.slice(0, 500).flatMap((finding): Diagnostic[] => {
        const { line } = finding;
        if (line === undefined || line === null || line < 1 || line > doc.lines) return [];
        const { from: start, text } = doc.line(line);
        const before = (finding.column ?? 1) - 1;
        const from = start + offset(text, before);
        const to = start + offset(text, before + (finding.length ?? 1));
        const hint = finding.hint === undefined || finding.hint === null ? "" : ` — ${finding.hint}`;
        const message = `${words[finding.severity]}: ${finding.message}${hint}`;
        return [{ from, to, severity: finding.severity, message }];
      });
      // After each key: most often there were none, and are none.
      if (marks.length > 0 || isMarked) view.dispatch(setDiagnostics(view.state, marks));
      isMarked = marks.length > 0;
    },
    show(line, column) {
      const { from, text } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      const anchor = from + offset(text, column - 1);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      view.focus();
    },
    close: () => view.destroy(),
  };
}

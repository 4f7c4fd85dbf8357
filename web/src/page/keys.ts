import { redo, undo } from "../state/document.ts";

const TEXTS = "textarea, input:is([type=text], [type=search], [type=password], :not([type]))";
/** Fields of the state. Others, such as that of a search, undo for themselves. */
const STATE = "[id^='set/'], .release input, .plain-text";

/** What is about something else than the state, or not part of it yet. */
const OTHERS = ".simulate, dialog";

/** Undo and redo are of the whole state, wherever it is typed; CodeMirror has the same keys to the same. */
export function followKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const isRedo = (key === "z" && event.shiftKey) || key === "y";
    if (key !== "z" && !isRedo) return;
    const [target] = event.composedPath();
    if (target instanceof Element && (target.closest(OTHERS) !== null || (target.matches(TEXTS) && !target.matches(STATE)))) return;
    event.preventDefault();
    if (isRedo) redo();
    else undo();
  });
}

import { redo, undo } from "../state/document.ts";

/** Undo and redo are of the whole state, wherever the focus is; CodeMirror has the same keys to the same. */
export function followKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const isRedo = (key === "z" && event.shiftKey) || key === "y";
    if (key !== "z" && !isRedo) return;
    // A dialog's field is not part of the state yet.
    if ((event.target as Element).closest("dialog") !== null) return;
    event.preventDefault();
    (event.target as HTMLElement).blur();
    if (isRedo) redo();
    else undo();
  });
}

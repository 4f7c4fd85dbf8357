import { redo, undo } from "../state/document.ts";

/** Undo and redo are of the whole state, wherever it is typed; CodeMirror has the same keys to the same. */
export function followKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const isRedo = (key === "z" && event.shiftKey) || key === "y";
    if (key !== "z" && !isRedo) return;
    // Other fields, such as that of a search, undo for themselves.
    const field = (event.target as Element).closest("textarea, input:is([type=text], [type=search], [type=password], [type=file])");
    if (field !== null && field.closest(".field, .release, .values") === null) return;
    event.preventDefault();
    (event.target as HTMLElement).blur();
    if (isRedo) redo();
    else undo();
  });
}

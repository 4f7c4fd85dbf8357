// Files that are dropped on the page.
import { load } from "../page/later.tsx";
import { say } from "../page/views.ts";
import { TEXT } from "../text.ts";

function drop(event: DragEvent): void {
  const file = event.dataTransfer?.files[0];
  if (file === undefined) return;
  event.preventDefault();
  // The editor would write it into its text.
  event.stopPropagation();
  load().then(
    ({ takeFile }) => takeFile(file),
    () => say(TEXT.later.failed),
  );
}

/** A file may be dropped anywhere. */
export function followDrops(): void {
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files") === true) event.preventDefault();
  });
  addEventListener("drop", drop, { capture: true });
}

// Values that come from elsewhere, and which dialog is open.
import { signal } from "@preact/signals";
import { notice } from "../page/views.ts";
import { imported, putText } from "../state/document.ts";
import { TEXT } from "../text.ts";

export const dialog = signal<"share" | "import" | null>(null);

const MEGABYTES = 2;

/** Takes a text in as values, unless it is none by its size alone. */
export function take(text: string, name: string): void {
  if (text.length > MEGABYTES * 1_000_000) {
    notice.value = TEXT.importing.tooLarge(MEGABYTES);
    return;
  }
  // An archive or a picture, which no YAML is like.
  if (text.includes("\0")) {
    notice.value = TEXT.importing.unreadable(name);
    return;
  }
  // What `helm get values` prints first.
  text = text.replace(/^(USER-SUPPLIED|COMPUTED) VALUES:\r?\n(null\s*$)?/, "");
  putText(text);
  imported.value = { name, text };
  notice.value = TEXT.importing.done(name);
  dialog.value = null;
}

export async function takeFile(file: File): Promise<void> {
  if (file.size > MEGABYTES * 4_000_000) {
    notice.value = TEXT.importing.tooLarge(MEGABYTES);
    return;
  }
  try {
    take(await file.text(), file.name);
  } catch {
    // A folder, or a file that is gone.
    notice.value = TEXT.importing.unreadable(file.name);
  }
}

function drop(event: DragEvent): void {
  const file = event.dataTransfer?.files[0];
  if (file === undefined) return;
  event.preventDefault();
  // The editor would write it into its text.
  event.stopPropagation();
  void takeFile(file);
}

/** A file may be dropped anywhere. */
export function followDrops(): void {
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files") === true) event.preventDefault();
  });
  addEventListener("drop", drop, { capture: true });
}

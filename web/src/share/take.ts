// Values that come from elsewhere.
import { dialog, say } from "../page/views.ts";
import { imported, putText } from "../state/document.ts";
import { TEXT } from "../text.ts";

const MEGABYTES = 2;

/** Takes a text in as values, unless it is none by its size alone. */
export function take(text: string, name: string): void {
  if (text.length > MEGABYTES * 1_000_000) {
    say(TEXT.importing.tooLarge(MEGABYTES));
    return;
  }
  // An archive or a picture, which no YAML is like.
  if (text.includes("\0")) {
    say(TEXT.importing.unreadable(name));
    return;
  }
  // What `helm get values` prints first.
  text = text.replace(/^(USER-SUPPLIED|COMPUTED) VALUES:\r?\n(null\s*$)?/, "");
  putText(text);
  imported.value = { name, text };
  say(TEXT.importing.done(name));
  dialog.value = null;
}

export async function takeFile(file: File): Promise<void> {
  if (file.size > MEGABYTES * 4_000_000) {
    say(TEXT.importing.tooLarge(MEGABYTES));
    return;
  }
  try {
    // As the program reads it: what is no UTF-8 is no text.
    take(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()), file.name);
  } catch {
    // That, or a folder, or a file that is gone.
    say(TEXT.importing.unreadable(file.name));
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

// Values that come from elsewhere.
import { dialog, say } from "../page/views.ts";
import { document, imported, putText } from "../state/document.ts";
import { LATER } from "../text.later.ts";

const MEGABYTES = 2;

/** Takes a text in as values, unless it is none by its size alone. */
export function take(text: string, name: string): void {
  if (text.length > MEGABYTES * 1_000_000) {
    say(LATER.importing.tooLarge(MEGABYTES));
    return;
  }
  // An archive or a picture, which no YAML is like.
  if (text.includes("\0")) {
    say(LATER.importing.unreadable(name));
    return;
  }
  // What `helm get values` prints first.
  text = text.replace(/^(USER-SUPPLIED|COMPUTED) VALUES:\r?\n(null\s*$)?/, "");
  putText(text);
  imported.value = { name, text };
  say(LATER.importing.done(name), document.peek());
  dialog.value = null;
}

export async function takeFile(file: File): Promise<void> {
  if (file.size > MEGABYTES * 4_000_000) {
    say(LATER.importing.tooLarge(MEGABYTES));
    return;
  }
  try {
    // As the program reads it: what is no UTF-8 is no text.
    take(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()), file.name);
  } catch {
    // That, or a folder, or a file that is gone.
    say(LATER.importing.unreadable(file.name));
  }
}

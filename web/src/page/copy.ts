import { TEXT } from "../text.ts";
import { say } from "./views.ts";

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(TEXT.preview.copied);
  } catch (error) {
    say(`${TEXT.use.failed} ${error instanceof Error ? error.message : String(error)}`);
  }
}

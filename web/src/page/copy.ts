import { LATER } from "../text.later.ts";
import { say } from "./views.ts";

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(LATER.preview.copied);
  } catch (error) {
    say(`${LATER.use.failed} ${error instanceof Error ? error.message : String(error)}`);
  }
}

import { TEXT } from "../text.ts";
import { notice } from "./views.ts";

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notice.value = TEXT.preview.copied;
  } catch (error) {
    notice.value = `${TEXT.use.failed} ${error instanceof Error ? error.message : String(error)}`;
  }
}

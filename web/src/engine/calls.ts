import type { Calls, Edited, Preview } from "./types.ts";

export type { Calls };
export type Call = keyof Calls;

/** The page to the worker. */
export interface Question {
  id: number;
  call: Call;
  request: string;
}

/** The worker to the page. The first one has no id: the engine is ready and answers by that channel, or cannot be had. */
export type Reply =
  | { ready: string }
  | { id: number; answer: string | Uint8Array }
  | { id: number; error: string }
  | { id: number | null; broken: string };

/** What an answer says: JSON, and behind it the texts of a preview's files, each after a NUL. */
export function read(answer: string): unknown {
  const [json = "", ...texts] = answer.split("\0");
  const said: unknown = JSON.parse(json);
  if (texts.length > 0) {
    const preview = (said as Edited).preview ?? (said as Preview);
    preview.files.forEach((file, at) => {
      file.text = texts[at] ?? "";
    });
  }
  return said;
}

import type { Calls } from "./types.ts";

export type { Calls };
export type Call = keyof Calls;

/** The page to the worker. */
export interface Question {
  id: number;
  call: Call;
  request: string;
}

/** The worker to the page. The first one has no id: the engine is ready, or cannot be had. */
export type Reply =
  | { ready: true }
  | { id: number; answer: string | Uint8Array }
  | { id: number; error: string }
  | { id: number | null; broken: string };

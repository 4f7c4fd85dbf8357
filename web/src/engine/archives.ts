// The way to what packs archives.
import { part } from "./client.ts";

export const askArchives = part<"pack" | "zip">(() => new Worker(new URL("archives.worker.ts", import.meta.url), { type: "module" }));

// Where the engine runs.
import { serve } from "./serve.ts";
import type { Calls } from "./types.ts";
import init, * as engine from "./wasm/engine.js";

/** What a link carries is compressed by the browser, whose own way of it is not downloaded. */
async function share(request: string): Promise<string> {
  const unpacked = engine.unpacked(request);
  const { json, omitted, error } = JSON.parse(unpacked) as { json: string; omitted: string[]; error?: string };
  if (error !== undefined) return unpacked;
  const deflated = new Blob([json]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const link = engine.packed(json, new Uint8Array(await new Response(deflated).arrayBuffer()));
  return JSON.stringify({ link, omitted } satisfies Calls["share"][1]);
}

await serve(init({ module_or_path: new URL("wasm/engine_bg.wasm", import.meta.url) }), { ...engine, share });

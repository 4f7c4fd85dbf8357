// Where scenarios are played and plans are made.
import { serve } from "./serve.ts";
import init, * as ahead from "./wasm/ahead.js";

await serve(init({ module_or_path: new URL("wasm/ahead_bg.wasm", import.meta.url) }), ahead);

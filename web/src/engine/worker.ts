// Where the engine runs.
import { serve } from "./serve.ts";
import init, * as engine from "./wasm/engine.js";

await serve(init({ module_or_path: new URL("wasm/engine_bg.wasm", import.meta.url) }), engine);

// Where archives are packed.
import { serve } from "./serve.ts";
import init, * as archives from "./wasm/archives.js";

await serve(init({ module_or_path: new URL("wasm/archives_bg.wasm", import.meta.url) }), archives);

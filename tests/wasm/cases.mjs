// All examples and golden cases, as the engine is asked about them; and the engine itself, in node.
import { existsSync, readdirSync, readFileSync } from "node:fs";

const at = (path) => new URL(`../../${path}`, import.meta.url);
const RELEASE = { name: "rqdb", namespace: "default" };

const examples = readdirSync(at("chart/examples")).map((file) => ({
  name: `examples/${file}`,
  text: readFileSync(at(`chart/examples/${file}`), "utf8"),
  release: RELEASE,
}));
const golden = readdirSync(at("tests/golden")).map((name) => {
  const release = at(`tests/golden/${name}/release.json`);
  return {
    name,
    text: readFileSync(at(`tests/golden/${name}/values.yaml`), "utf8"),
    release: existsSync(release) ? JSON.parse(readFileSync(release, "utf8")) : RELEASE,
  };
});
export const CASES = [...examples, ...golden];

/** Loads a wasm file as it was built. */
export async function load(part) {
  const wasm = await import(at(`web/src/engine/wasm/${part}.js`));
  wasm.initSync({ module: readFileSync(at(`web/src/engine/wasm/${part}_bg.wasm`)) });
  return wasm;
}

// What a browser downloads, after brotli, against its budgets in kB. Usage: node sizes.mjs, in a clone whose engine is built; the page
// is measured where it is built, too. The default preview needs none of the wasm; all that previews and judges is in the engine.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const root = new URL("../../", import.meta.url);
const page = new URL("web/dist/", root);
const packed = (file) => {
  const bytes = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).length;
};
const sum = (files) => files.reduce((total, file) => total + packed(file), 0);

const wasm = (part) => packed(new URL(`web/src/engine/wasm/${part}_bg.wasm`, root));
const rows = [
  ["the engine", wasm("engine"), 550],
  ["what plays and plans", wasm("ahead"), 300],
  ["what packs archives", wasm("archives"), 115],
];
if (existsSync(new URL("index.html", page))) {
  const names = readdirSync(page, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(wasm|map)$/.test(entry.name))
    .map((entry) => new URL(`file://${entry.parentPath}/${entry.name}`));
  const html = readFileSync(new URL("index.html", page), "utf8");
  const isFirst = (file) => file.pathname.endsWith("/index.html") || html.includes(file.pathname.split("/").pop());
  rows.push(["the page's first view", sum(names.filter(isFirst)), 40]);
  rows.push(["what it loads later", sum(names.filter((file) => !isFirst(file))), 130]);
}
const over = rows.filter(([, bytes, budget]) => bytes > budget * 1000);
for (const row of rows) {
  const [what, bytes, budget] = row;
  console.log(`${what}: ${(bytes / 1000).toFixed(1)} kB of ${budget}${over.includes(row) ? ", TOO MUCH" : ""}`);
}
process.exit(over.length === 0 ? 0 : 1);

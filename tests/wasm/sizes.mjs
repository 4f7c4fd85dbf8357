// What a browser downloads, after brotli: it must not grow, and how far it is from its budget is said. Usage: node sizes.mjs, in a clone whose engine is built;
// the page is measured where it is built, too.
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
  ["the engine", wasm("engine"), 550, 550],
  ["what plays and plans", wasm("ahead"), 290, 290],
  ["what packs archives", wasm("archives"), 115, 115],
];
if (existsSync(new URL("index.html", page))) {
  const names = readdirSync(page, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(wasm|map)$/.test(entry.name))
    .map((entry) => new URL(`file://${entry.parentPath}/${entry.name}`));
  const html = readFileSync(new URL("index.html", page), "utf8");
  const isFirst = (file) => file.pathname.endsWith("/index.html") || html.includes(file.pathname.split("/").pop());
  rows.push(["the page's first view", sum(names.filter(isFirst)), 40, 40]);
  rows.push(["what it loads later", sum(names.filter((file) => !isFirst(file))), 130, 130]);
}
let over = 0;
for (const [what, bytes, most, budget] of rows) {
  if (bytes > most * 1000) over += 1;
  const verdict = bytes > most * 1000 ? ", TOO MUCH" : bytes > budget * 1000 ? ", OVER THE BUDGET" : "";
  console.log(`${what}: ${(bytes / 1000).toFixed(1)} kB, at most ${most}, budget ${budget}${verdict}`);
}
process.exit(over === 0 ? 0 : 1);

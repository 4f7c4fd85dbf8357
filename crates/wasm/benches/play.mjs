// How long the wasm takes to answer all requests of a file once, in milliseconds. Usage: node play.mjs FILE ROUNDS
import { readFileSync } from "node:fs";

const wasm = new URL("../../../web/src/engine/wasm/", import.meta.url);
const ahead = await import(new URL("ahead.js", wasm));
ahead.initSync({ module: readFileSync(new URL("ahead_bg.wasm", wasm)) });
const requests = JSON.parse(readFileSync(process.argv[2], "utf8"));
let least = Infinity;
for (let round = 0; round < Number(process.argv[3]); round += 1) {
  const start = performance.now();
  for (const request of requests) ahead.play(request);
  least = Math.min(least, performance.now() - start);
}
console.log(least);

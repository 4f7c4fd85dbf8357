// What plays and plans, in wasm against the program: every scenario that is built in, on several clusters, and every step from one
// example to the next, must come out the same.
// Usage: node ahead.mjs RQCHART, in a clone whose engine is built (`cargo xtask web`, `cargo xtask test`).
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "./cases.mjs";

const root = new URL("../../", import.meta.url);
const at = (path) => new URL(path, root);
const rqchart = process.argv[2];
const [engine, ahead] = [await load("engine"), await load("ahead")];
const ask = (wasm, call, request) => {
  const answer = JSON.parse(wasm[call](JSON.stringify(request)));
  if (answer?.error !== undefined) throw new Error(`${call}: ${answer.error}`);
  return answer;
};

const folder = mkdtempSync(join(tmpdir(), "rqchart-"));
const file = (name, text) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const run = (...args) => JSON.parse(spawnSync(rqchart, [...args, "--output", "json"], { maxBuffer: 1 << 28 }).stdout);
const release = { name: "rqdb", namespace: "default" };
let [cases, differences] = [0, 0];
const same = (what, wasm, program) => {
  cases += 1;
  if (JSON.stringify(wasm) === JSON.stringify(program)) return;
  differences += 1;
  console.log(`${what}: the wasm says ${JSON.stringify(wasm).slice(0, 300)}\nthe program ${JSON.stringify(program).slice(0, 300)}`);
};

const clusters = {
  defaults: "",
  "two voters": "replicas: 2\n",
  parallel: "replicas: 5\nformation: parallel\nreaders: { replicas: 2 }\n",
  sixty: "replicas: 60\n",
};
for (const [name, text] of Object.entries(clusters)) {
  const simulator = ask(engine, "simulator", { release, text });
  const played = ask(ahead, "scenarios", { simulator }).map((scenario) => {
    // Each comes back as it was.
    const { link } = ask(ahead, "attach", { link: "v=1", text: scenario.text });
    return ask(ahead, "play", { simulator, text: ask(ahead, "attached", { link }), seed: 1 }).trace;
  });
  const { traces } = run("simulate", release.name, "--values", file("values.yaml", text));
  same(`${name}: how many`, played.length, traces.length);
  traces.forEach((trace, index) => same(`${name}: ${trace.scenario}`, played[index], trace));
}
const mistaken = ask(ahead, "play", {
  simulator: ask(engine, "simulator", { release, text: "" }),
  text: "name: x\nsteps:\n  - { at: -5s, what: kil, which: [rqdb-9] }\n",
  seed: 1,
});
same("mistakes have places", mistaken.findings.map(({ code, line, column }) => [code, line, column]), [
  ["out-of-range", 3, 11],
  ["invalid-value", 3, 22],
]);

const examples = readdirSync(at("chart/examples")).map((name) => [name, readFileSync(at(`chart/examples/${name}`), "utf8")]);
const command = "rqchart template rqdb --values new.yaml";
const yaml = (text) => ask(engine, "manifests", { release, text }).stream;
const told = ({ steps, ...plan }) => ({ ...plan, steps: steps.map((step) => step.text) });
examples.forEach(([name, text], index) => {
  const [next, other] = examples[(index + 1) % examples.length];
  const [from, to] = [yaml(text), yaml(other)];
  const { plan, markdown } = ask(ahead, "plan", { old: from, new: to, command });
  const program = run("plan", file("old.yaml", from), file("new.yaml", to));
  same(`${name} to ${next}`, told(plan), told(program));
  const says = ({ steps }, text) => steps.some((step) => step.commands.some((line) => line.includes(text)));
  same(`${name} to ${next}: the command`, says(plan, command), says(program, join(folder, "new.yaml")));
  same(`${name} to ${next}: in words`, markdown.includes(plan.steps[0].text), true);
});
rmSync(folder, { recursive: true });
console.log(`${cases} cases, ${differences} differences`);
process.exit(differences === 0 ? 0 : 1);

// The engine in wasm against the program: every example and golden case must give the same bytes, files and findings.
// Usage: node same_bytes.mjs RQCHART, in a clone whose engine is built (`cargo xtask web`, `cargo xtask test`).
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CASES, load } from "./cases.mjs";

const rqchart = process.argv[2];
const [engine, archives] = [await load("engine"), await load("archives")];

const folder = mkdtempSync(join(tmpdir(), "rqchart-"));
let differences = 0;
const same = (what, wasm, program) => {
  if (Buffer.from(wasm).equals(Buffer.from(program))) return;
  differences += 1;
  writeFileSync(join(tmpdir(), "wasm.out"), wasm);
  writeFileSync(join(tmpdir(), "program.out"), program);
  console.log(`${what}: the wasm gives ${wasm.length} bytes, the program others (${program.length}); see ${tmpdir()}/*.out`);
};

for (const { name, text, release } of CASES) {
  const values = join(folder, "values.yaml");
  writeFileSync(values, text);
  const flags = [release.name, "--namespace", release.namespace, "--values", values];
  if (release.kubeVersion !== undefined) flags.push("--kube-version", release.kubeVersion);
  for (const version of release.apiVersions ?? []) flags.push("--api-versions", version);
  const request = JSON.stringify({ release, text });

  const { findings } = JSON.parse(engine.preview(request).split("\0")[0]);
  const linted = spawnSync(rqchart, ["lint", "--output", "json", ...flags], { maxBuffer: 1 << 28 }).stdout;
  const brief = (finding) => [finding.code, finding.severity, finding.path, finding.message, finding.hint ?? null];
  const placed = (list, place) => JSON.stringify(list.map((finding) => [...brief(finding), ...place(finding)]));
  same(
    `${name}: findings`,
    placed(findings, ({ line, column, length }) => [line ?? null, column ?? null, length ?? null]),
    placed(JSON.parse(linted).diagnostics, ({ location }) => [location?.line ?? null, location?.column ?? null, location?.length ?? null]),
  );

  const rendered = spawnSync(rqchart, ["template", ...flags], { maxBuffer: 1 << 28 });
  const { error, stream, files } = JSON.parse(engine.manifests(request));
  if (error !== undefined) {
    // Refused for its values: a program that could not run has nothing to compare with.
    same(`${name}: ${error}`, "1 ", `${rendered.status} ${rendered.stdout}`);
    continue;
  }
  same(name, stream, rendered.stdout);
  const laidOut = mkdtempSync(join(folder, "files-"));
  spawnSync(rqchart, ["template", ...flags, "--output-dir", laidOut]);
  const written = readdirSync(laidOut, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  same(`${name}: how many files`, String(files.length), String(written.length + 1));
  for (const file of files) same(`${name}: ${file.path}`, file.text, readFileSync(file.path === "values.yaml" ? values : join(laidOut, file.path)));
  execFileSync(rqchart, ["package", "--values", values, "--destination", folder]);
  const archive = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  same(`${name}: the archive`, archives.pack(JSON.stringify({ text })), readFileSync(join(folder, archive)));
}
rmSync(folder, { recursive: true });
console.log(`${CASES.length} cases, ${differences} differences`);
process.exit(differences === 0 ? 0 : 1);

// From a keystroke to settled findings, preview and picture, and frames while a scenario plays, in a real Chromium: printed
// against the budgets, never asserted. `cargo xtask bench` runs it, where the page is built. Usage: node bench.mjs [KEYSTROKES]
import { readFile } from "node:fs/promises";
import { begin, end, EXAMPLES, fieldOf, importText, open, settled, show, skip } from "./tests/page.mjs";

const KEYSTROKES = Number(process.argv[2] ?? 200);
/** In milliseconds at the 99th percentile: a frame, and the part of it that the engine may take. */
const FRAME = 16;
const ENGINE = 4;
/**
 * After a key Chromium keeps back what workers answer until it has begun the next frame, the key's own, up to 17 ms later.
 * What the page itself takes shows without.
 */
const MODES = [
  ["as Chromium is", []],
  ["answers not kept back", ["--disable-features=DeferRendererTasksAfterInput"]],
];

const example = await readFile(`${EXAMPLES}/s3-backup.yaml`, "utf8");
const long = Array.from({ length: 1980 }, (_, line) => `    example.com/note-${line}: "${line}"`).join("\n");
const CASES = [
  ["the largest example", example],
  ["300 replicas", `replicas: 300\n`],
  ["2,000 lines", `services:\n  client:\n    annotations:\n${long.replaceAll("    example", "      example")}\n`],
];

/**
 * Counts from the key to the moment at which nothing is busy any more and what is there has its layout: all of the work for
 * the frame that shows it but to paint. Nothing here asks for a frame or runs meanwhile.
 */
function watch() {
  let [typed, tell] = [0, undefined];
  const count = (event) => {
    typed = event.timeStamp;
    globalThis.keystroke = new Promise((resolve) => (tell = resolve));
  };
  addEventListener("keydown", count, { capture: true });
  new MutationObserver(() => {
    if (typed === 0 || document.querySelector('.findings[aria-busy="false"]') === null) return;
    document.body.getBoundingClientRect();
    tell(performance.now() - typed);
    typed = 0;
  }).observe(document.body, { subtree: true, attributeFilter: ["aria-busy"] });
}

/** Counts how long the engine's worker is at work, by call. */
function watchEngine() {
  const reply = BroadcastChannel.prototype.postMessage;
  let [begun, call] = [0, ""];
  self.spent = {};
  // The worker's own listener is the first one: what it reads first is the question.
  const { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "data");
  Object.defineProperty(MessageEvent.prototype, "data", {
    get() {
      const data = get.call(this);
      [begun, call] = [performance.now(), data.call];
      return data;
    },
  });
  BroadcastChannel.prototype.postMessage = function (message) {
    self.spent[call] = (self.spent[call] ?? 0) + performance.now() - begun;
    reply.call(this, message);
  };
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

function figures(times, budget) {
  times.sort((a, b) => a - b);
  return `${at(times, 0.5).toFixed(1)} | ${at(times, 0.99).toFixed(1)} | ${(at(times, 0.99) / budget).toFixed(1)}`;
}

async function type(page, key, { before = () => undefined, after = () => undefined }) {
  for (let count = 0; count < KEYSTROKES; count += 1) {
    await before();
    await page.keyboard.press(count % 2 === 0 ? key : "Backspace");
    await after();
    // A person's keys come at any time between two frames.
    await page.waitForTimeout(20 + ((count * 7) % 17));
  }
}

const isKey = ({ name, args }) => name === "EventDispatch" && args.data?.type === "keydown";

/** For how long workers were busy after each key, without the time for which other threads had their core. */
function busy(trace) {
  const { traceEvents: events } = JSON.parse(trace);
  const workers = new Set(events.filter(({ args }) => args?.name === "DedicatedWorker thread").map(({ pid, tid }) => `${pid} ${tid}`));
  const isWork = ({ name, pid, tid }) => name === "FunctionCall" && workers.has(`${pid} ${tid}`);
  const times = [];
  for (const event of events.filter((one) => isKey(one) || isWork(one)).toSorted((a, b) => a.ts - b.ts)) {
    if (isKey(event)) times.push(0);
    else if (times.length > 0) times[times.length - 1] += event.tdur / 1000;
  }
  return times;
}

async function measure(name, page, key) {
  const worker = page.workers()[0];
  await worker.evaluate(watchEngine);
  await page.evaluate(watch);
  const [frames, engine] = [[], []];
  await type(page, key, {
    before: () => worker.evaluate(() => (self.spent = {})),
    after: async () => {
      frames.push(await page.evaluate(() => globalThis.keystroke));
      const { edit = 0, preview = 0 } = await worker.evaluate(() => self.spent);
      engine.push(edit + preview);
    },
  });
  // Apart, because to trace takes time, too.
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ["devtools.timeline"] });
  await type(page, key, {});
  const cpu = busy(await browser.stopTracing());
  console.log(`| ${name} | ${figures(frames, FRAME)} | ${figures(engine, ENGINE)} | ${figures(cpu, ENGINE)} |`);
}

async function run(name, values, into) {
  const { page, context } = await open();
  await importText(page, values);
  await into(page, name);
  await context.close();
}

async function table() {
  console.log(`|${" --- |".repeat(10)}`);
  for (const [name, values] of CASES) {
    await run(name, `${values.trimEnd()}\nlabels:\n  team: a`, async (page) => {
      await show(page, "Manifests");
      await show(page, "values.yaml");
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+End");
      await settled(page);
      await measure(`${name}: text, manifests`, page, "b");
    });
    await run(name, name === "300 replicas" ? values : `${values.trimEnd()}\nreplicas: 3\n`, async (page) => {
      await show(page, "Picture");
      await fieldOf(page, "/replicas").click();
      await page.keyboard.press("End");
      // The text and the number stay within what is allowed: 3 and 31, 30 and 300.
      if (name === "300 replicas") await page.keyboard.press("Backspace");
      await settled(page);
      await measure(`${name}: form, picture`, page, name === "300 replicas" ? "0" : "1");
    });
  }
}

/** What is played, and for how long at most, in milliseconds. */
const PLAYS = [
  ["9 pods", "replicas: 9\n"],
  ["60 pods", "replicas: 60\n"],
];
const PLAYING = 4000;

/** The times between frames while a scenario plays. */
function watchFrames(most) {
  const field = document.querySelector(".tracks input");
  return new Promise((resolve) => {
    const [gaps, start] = [[], performance.now()];
    let last = start;
    const frame = (time) => {
      gaps.push(time - last);
      last = time;
      if (field.value === field.max || time - start > most) resolve(gaps.slice(2)); // the first may be those of the click
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

async function plays() {
  console.log("\n| playing | frames a second | p50 ms | p99 ms | x 16.7 ms |\n| --- | --- | --- | --- | --- |");
  for (const [name, values] of PLAYS) {
    await run(name, values, async (page) => {
      await show(page, "Simulate");
      await page.getByRole("combobox", { name: "Scenario" }).selectOption("rolling-restart");
      await page.locator(".simulate .outcome").waitFor();
      await page.getByRole("button", { name: "Play" }).click();
      const gaps = await page.evaluate(watchFrames, PLAYING);
      const rate = (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0);
      console.log(`| ${name} | ${rate.toFixed(1)} | ${figures(gaps, 1000 / 60)} |`);
    });
  }
}

if (skip) {
  console.log(skip);
} else {
  for (const [mode, options] of MODES) {
    await begin({ options });
    const columns = [`p50 ms | p99 ms | x ${FRAME} ms`, ...["engine", "its CPU time"].map((what) => `${what}: p50 ms | p99 ms | x ${ENGINE} ms`)];
    console.log(`\n| ${KEYSTROKES} keystrokes, ${mode} | ${columns.join(" | ")} |`);
    await table();
    if (mode === MODES[0][0]) await plays();
    await end();
  }
}

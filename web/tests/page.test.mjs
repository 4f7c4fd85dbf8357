// The built page as a person uses it, in a real Chromium: `npm test`, after `cargo xtask web`.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { serve } from "./serve.mjs";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
/** What there is to run with: `$CHROMIUM` and `$RQCHART`, or where they usually are. */
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const RQCHART = process.env["RQCHART"] ?? fileURLToPath(new URL("../../target/debug/rqchart", import.meta.url));
const skip = !existsSync(CHROMIUM) ? "set CHROMIUM" : !existsSync(join(DIST, "index.html")) ? "run cargo xtask web" : false;

let browser;
let server;
let context;
let page;
let wrong;

before(async () => {
  if (skip) return;
  server = await serve(DIST);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** A page that has settled; what goes wrong in it is kept. */
async function opened(options = {}, hash = "") {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  page = await context.newPage();
  wrong = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(server.url) && !/^(blob|data):/.test(request.url())) wrong.push(`asked for ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    wrong.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(server.url + hash);
  await page.getByRole("spinbutton").or(page.getByRole("textbox", { name: "Replicas" })).first().waitFor();
}
beforeEach(async () => {
  if (!skip) await opened();
});
afterEach(async () => {
  if (skip) return;
  await context.close();
  assert.deepEqual(wrong, []);
});

const story = (name, act) => test(name, { skip, timeout: 60_000 }, act);
const tab = (name) => page.getByRole("tab", { name, exact: true }).click();
const replicas = () => page.locator('[data-path="/replicas"] input');

/** The values as text. */
async function text() {
  await tab("values.yaml");
  await page.locator(".cm-content").waitFor();
  return (await page.locator(".cm-line").allTextContents()).join("\n");
}
/** Types a text in the place of what is there. */
async function type(values) {
  await tab("values.yaml");
  const editor = page.locator(".cm-content");
  await editor.waitFor();
  await editor.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(values);
}
const manifests = async () => {
  await tab("Manifests");
  await page.getByRole("tab", { name: "All as one" }).click();
  return page.locator("#file-panel").innerText();
};
const cli = (values, ...more) => {
  const file = join(mkdtempSync(join(tmpdir(), "rqchart-")), "values.yaml");
  writeFileSync(file, values);
  return execFileSync(RQCHART, ["template", "rqlite", "-f", file, ...more], { encoding: "utf8" });
};
async function violations() {
  const { violations: found } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
  return found.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

story("what is filled in stands in the text and in the manifests, and can be undone", async () => {
  await replicas().fill("5");
  await page.getByText("5 voters: a write needs 3 of them, so 2 may be lost.").waitFor();
  assert.match(await text(), /^replicas: 5$/m);
  assert.match(await manifests(), /^ {2}replicas: 5$/m);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForFunction(() => !document.querySelector("#file-panel")?.textContent.includes("replicas: 5"));
  assert.match(await manifests(), /^ {2}replicas: 3$/m);
});

story("a mistake in the text is found at its place, and the form follows when it is mended", async () => {
  await type("# ours\nreplicsa: 5\n");
  await page.getByText('did you mean "replicas"?').first().waitFor();
  await type("# ours\nreplicas: 7 # for now\n");
  await tab("Form");
  await page.waitForFunction(() => document.querySelector('[data-path="/replicas"] input')?.value === "7");
  await replicas().fill("5");
  await page.getByText("5 voters").first().waitFor();
  assert.equal((await text()).trimEnd(), "# ours\nreplicas: 5 # for now");
});

story("a download has the bytes of the program", async (t) => {
  if (!existsSync(RQCHART)) return t.skip("build rqchart, or set RQCHART");
  await type("replicas: 5\nlabels: {team: storage}\n");
  await page.getByText("5 voters").first().waitFor();
  await tab("Use it");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Manifests, one file" }).click(),
  ]);
  assert.equal(readFileSync(await download.path(), "utf8"), cli("replicas: 5\nlabels: {team: storage}\n"));
});

story("a link opens what it was made from", async () => {
  await type("replicas: 5\nlabels: {team: storage}\n");
  await page.waitForFunction(() => location.hash.includes("s="));
  const hash = new URL(page.url()).hash;
  await context.close();
  await opened({}, hash);
  await page.getByText("5 voters").first().waitFor();
  assert.match(await text(), /team: storage/);
});

story("a link that is broken says so and nothing is lost", async () => {
  await context.close();
  await opened({}, "#v=1,s=AAAA");
  await page.getByText("The link cannot be opened:").waitFor();
  assert.match(await manifests(), /^ {2}replicas: 3$/m);
});

story("markup in every text stays text", async () => {
  const markup = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
  await type(`podAnnotations:\n  a: '${markup}'\n'${markup}': 1\n`);
  await page.getByText("img src=x").first().waitFor();
  await type(`podAnnotations:\n  a: '${markup}'\n`);
  await page.waitForFunction(() => !document.querySelector(".findings li.error"));
  assert.match(await manifests(), /<img src=x onerror=alert\(1\)>/);
  assert.equal(await page.locator("img, script:not([src])").count(), 0);
});

story("three hundred replicas are drawn", async () => {
  await replicas().fill("300");
  await page.getByText("295").first().waitFor();
  await tab("Picture");
  await page.waitForFunction(() => document.querySelectorAll("svg .pod").length === 300);
});

story("without a network it works after the first visit", async () => {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => caches.keys().then((names) => names.length > 0));
  await context.setOffline(true);
  await page.reload();
  await replicas().fill("5");
  await page.getByText("5 voters").first().waitFor();
});

for (const [name, options] of [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["on a phone", { viewport: { width: 320, height: 640 } }],
]) {
  story(`everybody can use it: ${name}`, async () => {
    await context.close();
    await opened(options);
    assert.deepEqual(await violations(), []);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `wider than the screen by ${overflow}`);
    for (const view of ["Manifests", "Changes", "Use it"]) {
      const there = page.getByRole("tab", { name: view, exact: true });
      if (await there.isVisible()) await there.click();
      assert.deepEqual(await violations(), [], view);
    }
  });
}

// The page as the program embeds and serves it: `rqchart serve`, in a real Chromium.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { begin, DIST, end, importText, open, ready, RQCHART, settled, show, skip, story, valuesText } from "./page.mjs";
import { serveByProgram } from "./serve.mjs";

const needs = { skip: skip || (RQCHART === undefined ? "skipped: the program is not built" : false) };
let program;

before(async () => {
  if (needs.skip) return;
  await begin({ host: async () => (program = await serveByProgram(RQCHART)) });
});
after(end);

describe("rqchart serve", () => {
  story("serves the page that is built, under its policy", async (page, { url }) => {
    const served = await page.request.get(url);
    assert.equal(await served.text(), readFileSync(join(DIST, "index.html"), "utf8"), "the program was built before the page");
    assert.match(served.headers()["content-security-policy"], /^default-src 'self'; script-src 'self' 'wasm-unsafe-eval';/);
  }, needs);

  story("every part of the page works, and nothing is wrong in the browser", async (page) => {
    await importText(page, "# Mine\nreplicas: 5\n");
    assert.equal(await page.locator(".pod").count(), 5);
    await valuesText(page);
    for (const view of ["Manifests", "Changes", "Use it", "Simulate"]) await show(page, view);
    await page.locator(".simulate .outcome").getByText("No row is lost").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      show(page, "Use it").then(() => page.getByRole("button", { name: "Manifests, one file" }).click()),
    ]);
    assert.match(readFileSync(await download.path(), "utf8"), /replicas: 5\n/);
  }, needs);

  story("a link opens what it carries", async (page) => {
    await importText(page, "replicas: 7\n");
    await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
    const other = await open({ hash: new URL(page.url()).hash });
    await other.page.locator('[data-path="/replicas"].changed').waitFor();
    assert.match(await valuesText(other.page), /^replicas: 7$/m);
    assert.deepEqual(other.wrong, []);
    await other.context.close();
  }, needs);

  // The last one: nothing is served any more.
  story("the page that was seen once is there when the program has ended", async () => {
    const { page, context, wrong } = await open();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await ready(page);
    program.close();
    await page.waitForTimeout(200);
    await page.reload();
    await ready(page);
    await page.getByLabel("Replicas", { exact: true }).fill("5");
    await settled(page);
    assert.equal(await page.locator(".pod").count(), 5);
    await show(page, "Simulate");
    await page.locator(".simulate .outcome").waitFor();
    assert.deepEqual(wrong, []);
    await context.close();
  }, needs);
});

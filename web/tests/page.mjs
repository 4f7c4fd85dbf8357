// What every story begins with: a browser, the built page, and a person's hands.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { serve } from "./serve.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const DIST = at("../dist");
export const OUTPUT = at("output");
export const EXAMPLES = at("../../chart/examples");

const target = process.env.CARGO_TARGET_DIR ?? at("../../target");
/** The program, where it was built: its bytes are compared with the page's. */
export const RQCHART = [process.env.RQCHART, `${target}/debug/rqchart`, `${target}/release/rqchart`].find(
  (path) => path !== undefined && existsSync(path),
);

/** Why nothing can be tried here; false when it can. */
export const skip = !existsSync(CHROMIUM)
  ? `skipped: there is no ${CHROMIUM}`
  : existsSync(`${DIST}/index.html`)
    ? false
    : "skipped: web/dist is not built (cargo xtask web)";

let browser;
let server;

/** Before all stories of a file: one browser, one server. */
export async function begin({ host = () => serve(DIST), options = [] } = {}) {
  if (skip) return;
  server = await host();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...options] });
}

export async function end() {
  await browser?.close();
  server?.close();
}

/** The page as somebody opens it for the first time, and what should not happen in it. */
export async function open({ hash = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const wrong = [];
  // In every tab.
  context.on("page", (tab) => {
    tab.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") wrong.push(message.text());
    });
    tab.on("pageerror", (error) => wrong.push(error.message));
    tab.on("request", (request) => {
      if (!request.url().startsWith(server.url) && !/^(blob|data):/.test(request.url())) wrong.push(`asked for ${request.url()}`);
    });
    tab.on("dialog", (dialog) => {
      wrong.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
  });
  const page = await context.newPage();
  await page.goto(server.url + hash);
  await ready(page);
  return { page, context, browser, url: server.url, wrong };
}

/** The form is there: the engine has answered. */
export const ready = (page) => page.getByLabel("Replicas", { exact: true }).waitFor();

/** The engine has answered to what was typed last. */
export async function settled(page) {
  await page.locator('.findings[aria-busy="false"]').waitFor();
}

/** The editor of a setting: titles alone may be those of several. */
export const fieldOf = (page, path) => page.locator(`[data-path="${path}"]`).getByRole("textbox");

export async function show(page, tab) {
  await page.getByRole("tab", { name: tab, exact: true }).click();
}

/** The text of values.yaml: what is kept after a moment, which is what stands in the editor, as far as that is to be seen. */
export async function valuesText(page) {
  await show(page, "values.yaml");
  await page.locator(".cm-content").waitFor();
  for (let moment = 0; ; moment += 1) {
    const { kept, lines } = await page.locator(".cm-content").evaluate((content) => ({
      kept: JSON.parse(sessionStorage.getItem("rqchart.document") ?? localStorage.getItem("rqchart.document") ?? "null")?.text ?? "",
      lines: [...content.querySelectorAll(".cm-line")].map((line) => (line.querySelector(".cm-placeholder") === null ? line.textContent : "")),
    }));
    const all = kept.split(/\r\n?|\n/);
    // Long texts are drawn in part.
    const isSame = all.length < 30 ? isDeepStrictEqual(lines, all) : lines.every((line) => line === "" || kept.includes(line));
    if (isSame) return kept;
    if (moment === 40) assert.deepEqual(lines, all);
    await page.waitForTimeout(50);
  }
}

export async function importText(page, text) {
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByRole("textbox", { name: "Text" }).fill(text);
  await page.getByRole("button", { name: "Use these values" }).click();
  await settled(page);
}

/** A file with that text is dropped on an element. */
export async function dropFile(element, text) {
  await element.evaluate((under, values) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([values], "values.yaml"));
    under.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, composed: true, cancelable: true }));
  }, text);
}

export async function picture(page, name) {
  await mkdir(OUTPUT, { recursive: true });
  await page.screenshot({ path: `${OUTPUT}/${name}.png` });
}

/** A story: the page opened, told, and nothing wrong in the browser at the end. */
export function story(name, tell, options = {}) {
  it(name, { skip: options.skip ?? skip, timeout: 120_000 }, async () => {
    const stage = await open(options);
    try {
      await tell(stage.page, stage);
      assert.deepEqual(stage.wrong, []);
    } finally {
      await stage.context.close();
    }
  });
}

/** Nothing keeps anybody from using what is to be seen, as far as axe can tell. */
export async function withoutBarriers(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(told, []);
}

/** What is wider than its panel scrolls within it, not with it. */
export async function fits(page, view) {
  const over = await page.locator("#right-panel").evaluate((panel) => panel.scrollWidth - panel.clientWidth);
  assert.ok(over <= 0, `${view} is wider than its panel by ${over}`);
}

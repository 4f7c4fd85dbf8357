// The pictures of the page in docs/, taken anew of the page that is built. Usage: npm --prefix web run pictures
import { fileURLToPath } from "node:url";
import { begin, end, importText, open, show, skip } from "./tests/page.mjs";

const SCENARIO = `name: mine
steps:
  - { at: 0s, what: loseDisk, which: [rqlite-0] }
  - { at: 10s, what: powerCut, which: [rqlite-1] }
  - { at: 25s, what: restore, which: [rqlite-1] }
`;
const PHONE = { viewport: { width: 375, height: 667 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

const PICTURES = {
  page: async (page) => {
    await page.getByLabel("Replicas", { exact: true }).fill("5");
  },
  simulate: async (page) => {
    await show(page, "Simulate");
    await page.getByRole("combobox", { name: "Scenario" }).selectOption({ label: "Your own" });
    await page.getByText("The scenario as YAML").click();
    await page.getByRole("textbox", { name: "The scenario as YAML" }).fill(SCENARIO);
    await page.getByText("The scenario as YAML").click();
    await page.locator(".steps li").nth(2).waitFor();
    await page.locator(".tracks input").fill("18000");
  },
  manifests: async (page) => {
    await importText(page, "replicas: 5\nmetrics:\n  exporter: { enabled: true, scrapers: [{ namespaceSelector: {} }] }\n");
    await page.getByRole("button", { name: "Close" }).click();
    await show(page, "values.yaml");
    await show(page, "Manifests");
    await page.getByText("Choose a line").waitFor({ timeout: 60_000 });
    await page.locator(".line", { hasText: "  replicas: 5" }).click();
    await page.locator(".origins").getByRole("button", { name: "replicas" }).waitFor();
  },
  phone: async (page) => {
    await page.getByRole("button", { name: "What comes of it" }).click();
  },
};
const HOW = { manifests: { colorScheme: "dark" }, phone: PHONE };

if (skip) throw new Error(skip);
await begin();
for (const [name, take] of Object.entries(PICTURES)) {
  const { page, context } = await open(HOW[name]);
  await take(page);
  // On a phone the findings are in the other half.
  await page.locator('.findings[aria-busy="false"]').waitFor({ state: "attached" });
  await page.waitForTimeout(500);
  await page.screenshot({ path: fileURLToPath(new URL(`../docs/${name}.png`, import.meta.url)) });
  await context.close();
}
await end();

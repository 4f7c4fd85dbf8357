// What somebody types and clicks arrives, wherever that is, and leads where it should.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { begin, dropFile, end, fieldOf, importText, ready, settled, show, story, valuesText } from "./page.mjs";

before(() => begin());
after(end);

const findings = (page) => page.getByRole("region", { name: "Findings" });
const search = (page) => page.getByRole("searchbox", { name: "Search settings" });
const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

describe("the hands of who types", () => {
  for (const view of ["essential", "changed only"]) {
    story(`keep a field that is emptied, ${view}, and others go when it is left`, async (page) => {
      await importText(page, "maxVoters: 3\n");
      if (view === "changed only") await page.getByLabel("Changed only").check();
      const field = fieldOf(page, "/maxVoters");
      await field.click();
      await page.keyboard.press("Backspace");
      await settled(page);
      await page.waitForTimeout(100); // it is drawn
      await page.keyboard.type("5");
      await settled(page);
      assert.ok(await hasFocus(field));
      assert.equal(await valuesText(page), "maxVoters: 5\n");
      await show(page, "Form");
      await page.getByRole("button", { name: "Reset Max voters" }).click();
      await settled(page);
      assert.ok(await hasFocus(field));
      await search(page).focus();
      await field.waitFor({ state: "detached" });
    });
  }

  story("keep a field that was found by the text that it renders", async (page) => {
    await importText(page, "labels: { team: storage }\n");
    await search(page).fill("team: storage");
    const field = page.getByLabel("Labels: team", { exact: true });
    await field.click({ timeout: 60_000 });
    await page.keyboard.press("End");
    for (const key of "-ssd") {
      await page.keyboard.type(key);
      await settled(page);
      await page.waitForTimeout(100); // it is drawn
    }
    assert.ok(await hasFocus(field));
    assert.equal(await field.inputValue(), "storage-ssd");
    assert.match(await valuesText(page), /team: storage-ssd/);
  });

  story("keep a text of several lines that becomes one", async (page) => {
    await importText(page, 'podAnnotations: { a: "x\\ny" }\n');
    await search(page).fill("podAnnotations");
    const field = page.getByLabel("Pod annotations: a", { exact: true });
    await field.click();
    await page.keyboard.press("Control+End");
    for (const key of ["Backspace", "Backspace", "z"]) {
      await page.keyboard.press(key);
      await settled(page);
      await page.waitForTimeout(50); // it is drawn
    }
    assert.ok(await hasFocus(field));
    assert.equal(await field.inputValue(), "xz");
    assert.equal(await field.evaluate((element) => element.localName), "textarea");
    await search(page).focus();
    await page.locator('input[aria-label="Pod annotations: a"]').waitFor();
  });

  story("count each click, also before there is an answer", async (page) => {
    await page.getByRole("button", { name: "One more: Replicas" }).evaluate((button) => {
      for (let click = 0; click < 3; click += 1) button.click();
    });
    await settled(page);
    assert.equal(await valuesText(page), "replicas: 6\n");
    await show(page, "Form");
    await page.getByRole("button", { name: "One less: Replicas" }).click();
    await settled(page);
    assert.equal(await valuesText(page), "replicas: 5\n");
  });

  story("do not count beyond what the schema allows", async (page) => {
    const less = page.getByRole("button", { name: "One less: Replicas" });
    for (let click = 0; click < 5; click += 1) await less.evaluate((button) => button.click());
    await settled(page);
    assert.equal(await less.getAttribute("aria-disabled"), "true");
    assert.equal(await valuesText(page), "replicas: 1\n");
  });

  story("go on at the value of an entry that was added, and are told why none was", async (page) => {
    await search(page).fill("podlabels");
    const map = page.locator('[data-path="/podLabels"]');
    const key = map.getByLabel("New key: Pod labels");
    const add = map.getByRole("button", { name: "Add to Pod labels" });
    await add.click();
    await map.getByText("It needs a key.").waitFor();
    assert.ok(await hasFocus(key));
    for (const [name, way] of [["team", () => key.press("Enter")], ["7", () => add.click()]]) {
      await key.fill(name);
      await way();
      const value = map.getByLabel(`Pod labels: ${name}`, { exact: true });
      await value.waitFor();
      assert.ok(await hasFocus(value));
      await page.keyboard.type("mine");
    }
    await key.fill("team");
    await key.press("Enter");
    await map.getByText("There is one of that name.").waitFor();
    assert.ok(await hasFocus(key));
    await settled(page);
    assert.equal(await valuesText(page), 'podLabels:\n  team: mine\n  "7": mine\n');
  });

  story("go on in the editor when it comes late", async (page) => {
    // Which has the editor at once.
    await page.evaluate(async () => (await navigator.serviceWorker.ready).unregister());
    await page.addInitScript(() => delete Navigator.prototype.serviceWorker);
    await page.reload();
    await ready(page);
    await page.route(/codemirror/, async (route) => {
      await new Promise((resolve) => {
        setTimeout(resolve, 1500);
      });
      await route.continue();
    });
    await show(page, "values.yaml");
    await page.locator(".plain-text").click();
    await page.keyboard.type("replicas: 5", { delay: 300 });
    await page.waitForFunction(() => document.querySelector(".codemirror").shadowRoot?.activeElement?.matches(".cm-content"));
    await settled(page);
    assert.equal(await valuesText(page), "replicas: 5");
  });

  story("may leave at once", async (page) => {
    await dropFile(page.locator("body"), `replicas: 5\n# ${"x".repeat(300_000)}\n`);
    await page.getByText("values.yaml was imported.").waitFor();
    await settled(page);
    const name = page.getByLabel("Release name");
    await Promise.all([
      page.waitForEvent("load"),
      name.evaluate((field) => {
        field.value = "mine";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        location.reload();
      }),
    ]);
    await ready(page);
    assert.equal(await name.inputValue(), "mine");
  });
});

describe("what cannot be done", () => {
  story("is not shown as if it were", async (page) => {
    await importText(page, "replicas: [\n");
    await search(page).fill("formation");
    await page.getByRole("radio", { name: "parallel" }).click();
    await page.locator(".form .banner.error").waitFor();
    assert.ok(await page.getByRole("radio", { name: "ordered" }).isChecked());
  });
});

describe("a finding", () => {
  story("about a whole object leads there, and is done with that", async (page) => {
    await importText(page, "readers: { priorityClassName: x }\n");
    await findings(page).getByRole("button").first().click();
    await page.waitForFunction(() => document.activeElement?.id === "set/readers");
    await page.locator('[id="set/readers.found"]', { hasText: "there are no readers" }).waitFor();
    await search(page).fill("image");
    await fieldOf(page, "/image/tag").waitFor();
    assert.equal(await search(page).inputValue(), "image");
  });

  story("about an unknown key leads to its line", async (page) => {
    await importText(page, "# Ours\nstorag: { size: 1Gi }\n");
    await findings(page).getByRole("button").first().click();
    await page.locator(".cm-activeLine", { hasText: "storag" }).waitFor();
  });

  story("leads to an entry, whatever that is called", async (page) => {
    await importText(page, 'podAnnotations: { first: a, "example.com/a": 5 }\n');
    await findings(page).getByRole("button").first().click();
    const field = page.getByLabel("Pod annotations: example.com/a", { exact: true });
    await field.waitFor();
    assert.ok(await hasFocus(field));
  });

  story("marks its characters in the editor, also behind wide ones, and leads there", async (page) => {
    await show(page, "values.yaml");
    await importText(page, 'labels: { "🚀🚀🚀": a, b: 5 }\n');
    const marks = page.locator(".cm-lintRange-error");
    await marks.nth(1).waitFor();
    assert.deepEqual(await marks.allTextContents(), ['"🚀🚀🚀"', "5"]);
    await findings(page).getByRole("button", { name: /labels.b/ }).click();
    await page.keyboard.type("1");
    await settled(page);
    assert.equal(await valuesText(page), 'labels: { "🚀🚀🚀": a, b: 15 }\n');
  });

  story("stays marked when all around it is another text", async (page) => {
    await importText(page, "# one\nreplicas: x\nlabels: {}\n");
    await valuesText(page);
    await page.locator(".cm-lintRange-error").waitFor();
    await importText(page, "# two\nreplicas: x\npodLabels: {}\n");
    await page.waitForTimeout(300); // it is drawn
    assert.equal(await page.locator(".cm-lintRange-error").textContent(), "x");
  });
});

// More than one tab, and more than one version of the page.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { begin, DIST, end, importText, ready, settled, skip, story, valuesText } from "./page.mjs";
import { serve } from "./serve.mjs";

let served;
/** The folder that is served: a copy, in which a new version can be put. */
const folder = skip ? "" : mkdtempSync(join(tmpdir(), "rqchart-dist-"));

before(() => begin({
  host: () => {
    cpSync(DIST, folder, { recursive: true });
    served = serve(folder);
    return served;
  },
}));
after(end);

const WORK = "# Mine\nreplicas: 7\n";
/** Work of one's own, in a tab that was closed when its address was there. */
async function leaveWork(page) {
  await importText(page, WORK);
  await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
  await page.close();
}

describe("tabs", () => {
  story("each keeps its own when it is loaded again, comments and all", async (page, { context, url }) => {
    await importText(page, "# first\nreplicas: 5\n");
    await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
    const other = await context.newPage();
    await other.goto(url);
    await ready(other);
    // A new tab begins with what was kept last.
    assert.equal(await valuesText(other), "# first\nreplicas: 5\n");
    await importText(other, "# second\nreplicas: 7\n");
    await other.waitForFunction(() => location.hash.startsWith("#v=1,"));
    for (const [tab, text] of [[page, "# first\nreplicas: 5\n"], [other, "# second\nreplicas: 7\n"]]) {
      await tab.reload();
      await ready(tab);
      await settled(tab);
      assert.equal(await valuesText(tab), text);
    }
  });

  story("one that is only loaded again takes the place of nothing newer", async (page, { context, url }) => {
    await importText(page, "# one\n");
    await page.getByLabel("Colours").selectOption("dark");
    await page.waitForFunction(() => location.hash.startsWith("#v=1"));
    const other = await context.newPage();
    await other.goto(url);
    await ready(other);
    await importText(other, "# two\n");
    await other.getByLabel("Colours").selectOption("light");
    assert.equal(await valuesText(other), "# two\n");
    await other.close();
    await page.reload();
    await ready(page);
    await page.waitForTimeout(1000); // its address is asked for, and kept
    assert.equal(await valuesText(page), "# one\n");
    const third = await context.newPage();
    await third.goto(url);
    await ready(third);
    assert.equal(await valuesText(third), "# two\n");
    assert.equal(await third.getByLabel("Colours").inputValue(), "light");
  });

  story("a link stays nobody's work where there is nothing to undo", async (page, { context, url }) => {
    await leaveWork(page);
    const linked = await context.newPage();
    await linked.goto(`${url}#v=1`);
    await linked.getByText("Opened from the link.").waitFor();
    await linked.reload();
    await ready(linked);
    await linked.keyboard.press("Control+z");
    await linked.keyboard.press("Control+y");
    await linked.waitForTimeout(1000); // its address is asked for, and kept
    const last = await context.newPage();
    await last.goto(url);
    await ready(last);
    assert.equal(await valuesText(last), WORK);
  });

  story("what a link has replaced can be had again, also in another tab", async (page, { context, url }) => {
    await leaveWork(page);
    const other = await context.newPage();
    await other.goto(`${url}#v=1`);
    await ready(other);
    await other.getByText("Opened from the link.").waitFor();
    assert.equal(await valuesText(other), "");
    const third = await context.newPage();
    await third.goto(url);
    await ready(third);
    assert.equal(await valuesText(third), WORK);
    // Where the link was opened there is nothing to undo after it is loaded again.
    await other.reload();
    await ready(other);
    await other.getByText("Starting points").click();
    await other.getByRole("button", { name: "Use Before the link" }).click();
    await settled(other);
    assert.equal(await valuesText(other), WORK);
  });

  story("links that nobody has changed take the place of nobody's work", async (page, { context, url }) => {
    const links = [];
    for (const replicas of [5, 9]) {
      await importText(page, `replicas: ${replicas}\n`);
      await page.getByRole("button", { name: "Share" }).click();
      links.push(await page.getByRole("textbox", { name: "Link" }).inputValue());
      await page.keyboard.press("Escape");
    }
    assert.equal(new Set(links).size, 2);
    await importText(page, WORK);
    await page.close();
    for (const link of links) {
      const tab = await context.newPage();
      await tab.goto(link);
      await tab.getByText("Opened from the link.").waitFor();
      await tab.close();
    }
    const last = await context.newPage();
    await last.goto(url);
    await ready(last);
    assert.equal(await valuesText(last), WORK);
  });
});

const use = (tab) => tab.getByRole("button", { name: "Use it now" });
const change = (file, from, to) => writeFileSync(join(folder, file), readFileSync(join(folder, file), "utf8").replace(from, to));

/** Pastes a link into the address bar of this tab. */
const follow = async (page, part) => {
  await page.evaluate((hash) => (location.hash = hash), part);
  await page.waitForFunction((hash) => location.hash.startsWith(hash), part);
};

/** Takes the link out of the address bar of this tab, or types the address of the page anew. */
const byHand = (page) => page.evaluate(() => (location.hash = ""));
const byLoading = async (page, url) => {
  await page.goto(url);
  await ready(page);
};

describe("going back", () => {
  const MINE = "# c1\nreplicas: 5 # why\nauth: { probePassword: s3cret }\n";
  story("to what was left brings back just that, comments, secrets and all, and forth to what was changed meanwhile", async (page) => {
    await importText(page, MINE);
    await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
    await follow(page, "#v=1");
    await page.getByText("Opened from the link.").waitFor();
    assert.equal(await valuesText(page), "");
    await page.locator(".cm-content").click();
    await page.keyboard.insertText("# Theirs\nreplicas: 7\n");
    await page.waitForFunction(() => location.hash.includes("7") || location.hash.length > 6);
    await page.waitForTimeout(1000); // the address follows
    // Who goes back is there a moment later.
    const line = (text) => page.locator(".cm-line", { hasText: text }).waitFor();
    await page.goBack();
    await line("# c1");
    assert.equal(await valuesText(page), MINE);
    await page.goForward();
    await line("# Theirs");
    assert.equal(await valuesText(page), "# Theirs\nreplicas: 7\n");
    await page.goBack();
    await line("# c1");
    assert.equal(await valuesText(page), MINE);
    // That is somebody's own work.
    await page.waitForTimeout(1000);
    await page.reload();
    await ready(page);
    assert.equal(await valuesText(page), MINE);
  });

  const SEVEN = "#v=1,s=q1YqS8wpTS1WsqpWKkotyMlMTgSyzWtrAQ";
  for (const [way, leave] of [["taken away", byHand], ["typed anew", byLoading]]) {
    story(`to one's own from a link whose address is ${way} brings back just that, and undo the link's`, async (page, { url }) => {
      await importText(page, MINE);
      await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
      const own = page.url();
      await follow(page, SEVEN);
      await page.getByText("Opened from the link.").waitFor();
      assert.equal(await valuesText(page), "replicas: 7\n");
      await leave(page, url);
      await page.getByText("This was here before the link was opened.").waitFor();
      assert.equal(await valuesText(page), MINE);
      await page.waitForURL(own);
      await page.getByRole("button", { name: "Undo" }).click();
      assert.equal(await valuesText(page), "replicas: 7\n");
    });
  }

  story("to the page as it was before the first link, and forth", async (page) => {
    // The address of what was here is told late, and takes the place of no link.
    const held = page.workers()[0].evaluate(() => {
      const begun = performance.now();
      while (performance.now() - begun < 800) continue;
    });
    await page.evaluate((hash) => {
      location.hash = hash;
      const { replaceState } = history;
      globalThis.written = [];
      history.replaceState = (...to) => {
        globalThis.written.push(to[2]);
        replaceState.apply(history, to);
      };
    }, SEVEN);
    await held;
    await page.locator(".field.changed").waitFor();
    await page.waitForFunction(() => globalThis.written.length > 0);
    assert.deepEqual(await page.evaluate(() => globalThis.written), [SEVEN]);
    await page.goBack();
    await page.locator(".field.changed").waitFor({ state: "detached" });
    assert.equal(await valuesText(page), "");
    await page.waitForTimeout(1000); // the address follows
    assert.equal(new URL(page.url()).hash, "");
    await page.goForward();
    await page.locator(".cm-line", { hasText: "replicas: 7" }).waitFor();
    assert.equal(await valuesText(page), "replicas: 7\n");
  });

  story("to an address without a link leaves what somebody has made of one, and one that is broken", async (page) => {
    await follow(page, SEVEN);
    await importText(page, MINE);
    await page.waitForFunction((hash) => location.hash.startsWith("#v=1,") && location.hash !== hash, SEVEN);
    const own = page.url();
    await byHand(page);
    await page.waitForURL(own);
    assert.equal(await valuesText(page), MINE);
    await follow(page, "#v=1,s=broken");
    await page.getByText("The link cannot be opened:").waitFor();
    await byHand(page);
    await page.getByText("The link cannot be opened:").waitFor({ state: "detached" });
    await page.waitForURL(own);
    assert.equal(await valuesText(page), MINE);
  });

  story("to one's own takes the place of nothing newer", async (page, { context, url }) => {
    await importText(page, MINE);
    await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
    await follow(page, SEVEN);
    await page.getByText("Opened from the link.").waitFor();
    const other = await context.newPage();
    await other.goto(url);
    await ready(other);
    await leaveWork(other);
    await byHand(page);
    await page.getByText("This was here before the link was opened.").waitFor();
    await page.waitForTimeout(1000); // it is kept
    const third = await context.newPage();
    await third.goto(url);
    await ready(third);
    assert.equal(await valuesText(third), WORK);
    assert.equal(await valuesText(page), MINE);
  });

  story("also finds it after the page was left and loaded again", async (page, { url }) => {
    await importText(page, MINE);
    await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
    await page.goto("about:blank");
    await page.goto(`${url}#v=1`);
    await ready(page);
    assert.equal(await valuesText(page), "");
    await page.goBack();
    await page.goBack();
    await ready(page);
    assert.equal(await valuesText(page), MINE);
  });
});

describe("what this browser keeps", () => {
  story("is forgotten at the second click, and all is as for the first time", async (page, { context, url }) => {
    for (const password of ["s3cret1", "s3cret2"]) {
      await importText(page, `replicas: 5\nauth: { probePassword: ${password} }\n`);
      await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
      await follow(page, "#v=1");
      await page.getByText("Opened from the link.").waitFor();
    }
    const kept = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assert.match(await kept(), /s3cret/);
    await page.evaluate(() => localStorage.setItem("another", "stays"));
    await page.getByText("Starting points").click();
    const forget = page.getByRole("button", { name: "Forget" });
    await forget.click();
    assert.match(await kept(), /s3cret/);
    // What was typed in the last moment is not kept either.
    await page.getByLabel("Release name").evaluate((field) => {
      field.value = "mine";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await Promise.all([page.waitForEvent("load"), forget.click()]);
    await ready(page);
    assert.equal(new URL(page.url()).hash, "");
    assert.equal(await page.getByLabel("Release name").inputValue(), "rqlite");
    assert.equal(await valuesText(page), "");
    assert.doesNotMatch(await kept(), /s3cret|mine/);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), ["another"]);
    const other = await context.newPage();
    await other.goto(url);
    await ready(other);
    assert.equal(await valuesText(other), "");
  });
});

describe("versions", () => {
  story("the first visit asks for nothing twice that has a hash in its name", async (page, { browser, url }) => {
    await page.evaluate(() => navigator.serviceWorker.ready);
    const { asked } = await served;
    asked.length = 0;
    const context = await browser.newContext();
    const first = await context.newPage();
    await first.goto(url);
    await ready(first);
    await first.evaluate(() => navigator.serviceWorker.ready);
    assert.equal(asked.filter((name) => /engine_bg-.*\.wasm$/.test(name)).length, 1);
    assert.ok(asked.includes("icon.svg"));
    assert.deepEqual(asked.filter((name, index) => name.startsWith("assets/") && asked.indexOf(name) !== index), []);
    await context.close();
  });

  story("a new one is used by the tab that asks for it, and by others when they do", async (page, { context, url }) => {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await ready(page);
    const other = await context.newPage();
    await other.goto(url);
    await ready(other);
    for (const tab of [page, other]) await tab.evaluate(() => (globalThis.mark = 1));
    change("index.html", "<title>", "<title>New ");
    change("sw.js", /(?<=VERSION=.)/, "new-");
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    await use(page).click();
    await page.waitForFunction(() => globalThis.mark === undefined);
    await ready(page);
    assert.match(await page.title(), /^New /);
    await use(other).waitFor();
    assert.equal(await other.evaluate(() => globalThis.mark), 1, "a tab was loaded again that nobody asked to");
    await use(other).click();
    await other.waitForFunction(() => globalThis.mark === undefined);
    assert.match(await other.title(), /^New /);
  });
});

// Stories of people who want to know what will happen, in a real Chromium, on the built folder.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { begin, end, fits, importText, ready, RQCHART, settled, show, skip, story, withoutBarriers } from "./page.mjs";

before(() => begin());
after(end);

const needs = { skip: skip || (RQCHART === undefined ? "skipped: the program is not built" : false) };
const scenario = (page) => page.getByRole("combobox", { name: "Scenario" });
const time = (page) => page.getByRole("slider", { name: "Time" });
const pod = (page, name) => page.locator(".stage").getByRole("button", { name: new RegExp(`^${name}, `) });
const whom = (page) => page.getByRole("combobox", { name: "To" });
const act = (page, action) => page.getByRole("button", { name: action, exact: true }).click();
const steps = (page) => page.locator(".steps li");
const said = async (page) => (await steps(page).allInnerTexts()).map((text) => text.replace(/\s*✕$/, ""));
const withoutCommands = (text) => text.split("\n").filter((line) => !line.includes("kubectl apply"));
const outcome = (page) => page.locator(".simulate .outcome");

/** The worker that plays. */
const player = (page) => page.workers().find((worker) => worker.url().includes("/ahead"));
/** Keeps a worker from answering for so many milliseconds. */
const hold = (worker, forTime) => worker.evaluate((most) => {
  const begun = performance.now();
  while (performance.now() - begun < most) continue;
}, forTime);

async function simulate(page) {
  await show(page, "Simulate");
  await outcome(page).waitFor();
}

/** The text of one's own scenario. */
async function ownText(page) {
  await scenario(page).selectOption({ label: "Your own" });
  await page.getByText("The scenario as YAML").click();
  return page.getByRole("textbox", { name: "The scenario as YAML" });
}

async function at(page, seconds) {
  await time(page).fill(String(seconds * 1000));
}

function program(...args) {
  const { status, stdout } = spawnSync(RQCHART, args, { encoding: "utf8" });
  return { status, stdout };
}

describe("playing a scenario", () => {
  story("a scenario that is built in is scrubbed through, on the picture and in the timeline", async (page) => {
    await simulate(page);
    await scenario(page).selectOption({ label: "Leader kill" });
    assert.equal(await scenario(page).inputValue(), "leader-kill");
    await outcome(page).getByText("No row is lost").waitFor();
    await pod(page, "rqlite-0").and(page.getByLabel("not there")).waitFor();
    await at(page, 10);
    await pod(page, "rqlite-1").and(page.getByLabel("leads, Ready")).waitFor();
    await pod(page, "rqlite-0").and(page.getByLabel("Ready")).waitFor();
    assert.match((await time(page).getAttribute("aria-valuetext")) ?? "", /^10\.0 s: rqlite-1 leads, writes are acknowledged$/);
    await page.locator(".events [aria-current]", { hasText: "Ready" }).waitFor();
    await page.getByRole("button", { name: "1.6 s", exact: true }).click();
    assert.equal(await time(page).inputValue(), "1600");
  });

  story("values that do not bear it say so, with the cause, as soon as they are typed", async (page) => {
    await simulate(page);
    await scenario(page).selectOption("disk-lost");
    await outcome(page).getByText("No row is lost").waitFor();
    await page.getByLabel("Replicas", { exact: true }).fill("2");
    await outcome(page).getByText("Nobody leads").waitFor();
    assert.match((await outcome(page).textContent()) ?? "", /2 of 2 voters are needed, and 1 can vote/);
    assert.equal(await page.locator(".stage .pod").count(), 2);
    await page.getByLabel("Replicas", { exact: true }).fill("none");
    await page.getByText("This is the cluster from before.").waitFor();
    assert.equal(await page.locator(".stage .pod").count(), 2);
  });

  story("what was chosen is played again when its pods are there again", async (page) => {
    await simulate(page);
    await scenario(page).selectOption("recovery");
    await page.getByLabel("Replicas", { exact: true }).fill("1");
    await page.waitForFunction(() => document.querySelector(".simulate select").value !== "recovery");
    await page.getByLabel("Replicas", { exact: true }).fill("5");
    await page.waitForFunction(() => document.querySelector(".simulate select").value === "recovery");
  });

  story("no frame takes the clock back, or far ahead", async (page) => {
    await simulate(page);
    await page.evaluate(() => {
      const request = requestAnimationFrame;
      // The first one began before the click; then the tab was hidden for an hour.
      const late = [-60_000, 0, 3_600_000];
      globalThis.shown = [];
      globalThis.requestAnimationFrame = (draw) => request((now) => {
        draw(now + (late.length > 1 ? late.shift() : late[0]));
        globalThis.shown.push(Number(document.querySelector(".tracks input").value));
      });
    });
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForFunction(() => globalThis.shown.length > 5);
    await page.getByRole("button", { name: "Pause" }).click();
    assert.ok((await page.evaluate(() => globalThis.shown)).every((value, index) => value >= 0 && value < 500 * (index + 1)));
    assert.ok(!(await page.locator(".clock").textContent()).includes("-"));
  });

  story("the command below the scenario stays while somebody types values", async (page) => {
    await simulate(page);
    await page.getByText("The scenario as YAML").click();
    const command = page.locator(".simulate .command");
    await command.waitFor();
    await command.evaluate((element) => (globalThis.seen = element));
    const held = hold(page.workers()[0], 800);
    await page.getByLabel("Replicas", { exact: true }).fill("5");
    await page.getByLabel("Release name").fill("rqdb");
    await page.getByLabel("Release name").fill("rqdc");
    await held;
    await command.getByText("rqchart simulate rqdc ").waitFor();
    assert.ok(await page.evaluate(() => globalThis.seen.isConnected));
  });

  story("it plays, pauses, steps, and ends", async (page) => {
    await simulate(page);
    await page.getByRole("combobox", { name: "Speed" }).selectOption("100");
    await page.getByRole("button", { name: "Play" }).click();
    // To its end: the button offers to play again.
    await page.waitForFunction(() => document.querySelector(".tracks input").value === document.querySelector(".tracks input").max);
    await page.getByRole("button", { name: "Play" }).waitFor();
    await page.getByRole("button", { name: "Back to the beginning" }).click();
    assert.equal(await time(page).inputValue(), "0");
    await page.getByRole("combobox", { name: "Speed" }).selectOption("1");
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForFunction(() => Number(document.querySelector(".tracks input").value) > 0);
    await page.getByRole("button", { name: "Pause" }).click();
    const paused = await time(page).inputValue();
    await page.waitForTimeout(100);
    assert.equal(await time(page).inputValue(), paused);
    await page.getByRole("button", { name: "On to the next step" }).click();
    assert.ok(Number(await time(page).inputValue()) > Number(paused));
    await time(page).press("Home");
    await time(page).press("ArrowRight");
    assert.equal(await time(page).inputValue(), "100");
  });

  story(
    "who wants no motion sees one event after the other",
    async (page) => {
      await simulate(page);
      await page.getByRole("combobox", { name: "Speed" }).selectOption("20");
      const seen = page.evaluate(async () => {
        const field = document.querySelector(".tracks input");
        const values = new Set();
        while (field.value !== field.max) {
          values.add(field.value);
          await new Promise(requestAnimationFrame);
        }
        return values.size;
      });
      await page.getByRole("button", { name: "Play" }).click();
      assert.ok((await seen) <= (await page.locator(".events li").count()) + 1);
    },
    { reducedMotion: "reduce" },
  );
});

describe("making things happen", () => {
  story(
    "pods, nodes and zones are hit where somebody points, and the program plays the same",
    async (page, { url }) => {
      await simulate(page);
      await scenario(page).selectOption("disk-lost");
      await at(page, 10);
      await pod(page, "rqlite-1").click();
      await act(page, "Cut the power");
      await steps(page).nth(1).waitFor();
      assert.equal(await scenario(page).inputValue(), "");
      await outcome(page).getByText("rqlite-1 has no power").waitFor();
      await at(page, 15);
      await pod(page, "rqlite-1").and(page.getByLabel("does not answer")).waitFor();
      await act(page, "Restore");
      await steps(page).nth(2).waitFor();
      await outcome(page).getByText("No row is lost").waitFor();
      await at(page, 18);
      await page.locator(".stage .zone", { hasText: "Zone c" }).click({ position: { x: 5, y: 5 } });
      await act(page, "Kill");
      await steps(page).nth(3).waitFor();
      assert.deepEqual(await said(page), ["0s loseDisk rqlite-0", "10s powerCut rqlite-1", "15s restore rqlite-1", "18s kill c"]);
      await page.waitForURL(/,p=/);
      await page.waitForFunction((most) => atob(location.hash.split(",p=")[1].replaceAll("-", "+").replaceAll("_", "/")).split("what").length > most, 4);
      const { stdout, status } = program("simulate", "--from-link", page.url().slice(url.length), "--output", "json");
      const [trace] = JSON.parse(stdout).traces;
      assert.equal(status, 0);
      const shown = (await outcome(page).textContent()) ?? "";
      assert.ok(shown.includes(`Of ${trace.acknowledged} acknowledged rows`), shown);
      assert.deepEqual(
        (await page.locator(".events li").allInnerTexts()).map((line) => line.replace(/^\S+( min \S+)? s /, "")),
        trace.events.map((event) => [event.pod, event.text].filter((part) => part !== null).join(" ")),
      );
    },
    needs,
  );

  story("a scenario that is not shown any more is in no link", async (page) => {
    await simulate(page);
    const field = await ownText(page);
    await field.fill("name: mine\nsteps:\n  - { at: 5s, what: freeze, which: [rqlite-1] }\n");
    await page.waitForURL(/,p=/);
    const held = hold(player(page), 800);
    await field.press("End");
    await field.press("Space");
    await scenario(page).selectOption("leader-kill");
    await held;
    await page.locator(".steps li", { hasText: "kill leader" }).waitFor();
    await page.getByRole("button", { name: "Share" }).click();
    assert.ok(!(await page.getByRole("textbox", { name: "Link" }).inputValue()).includes(",p="));
  });

  story("by keyboard alone", async (page) => {
    await simulate(page);
    await pod(page, "rqlite-0").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.equal(await whom(page).inputValue(), "rqlite-1");
    await whom(page).focus();
    await page.keyboard.press("Tab");
    await player(page).evaluate(() => {
      self.plays = 0;
      self.addEventListener("message", ({ data }) => (self.plays += Number(data.call === "play")));
    });
    await page.keyboard.press("Enter");
    await steps(page).nth(1).waitFor();
    assert.equal(await player(page).evaluate(() => self.plays), 1);
    await page.getByRole("button", { name: "Take out: 0s kill leader" }).press("Enter");
    await steps(page).nth(1).waitFor({ state: "detached" });
    assert.deepEqual(await said(page), ["0s kill rqlite-1"]);
  });

  story("a scenario is written as text, its mistakes are placed, and comments stay", async (page) => {
    await simulate(page);
    await page.getByText("The scenario as YAML").click();
    const field = page.getByRole("textbox", { name: "The scenario as YAML" });
    await field.fill("name: <b>mine</b> # kept\nsteps:\n  - { at: -5s, what: kil, which: [rqlite-0] }\n");
    // It is said where the verdict was; what else is to be seen is from before, and is not played.
    await page.locator(".simulate .outcome.error", { hasText: "line 3 out-of-range: nothing happens before the beginning" }).waitFor();
    await page.getByText("This is the run from before").waitFor();
    assert.ok(await page.getByRole("button", { name: "Play" }).isDisabled());
    assert.equal(await page.locator(".simulate .at-field li").count(), 2);
    assert.match((await page.locator(".simulate .at-field li").first().textContent()) ?? "", /^line 3 out-of-range/);
    await field.fill("name: <b>mine</b> # kept\nsteps:\n  - { at: 5s, what: kill, which: [rqlite-0] } # first\n");
    await steps(page).first().waitFor();
    assert.equal(await page.getByText("This is the run from before").count(), 0);
    await at(page, 8);
    await whom(page).selectOption("rqlite-2");
    await act(page, "Freeze");
    await steps(page).nth(1).waitFor();
    assert.match(await field.inputValue(), /# kept\nsteps:\n.*# first\n/);
    await page.reload();
    await ready(page);
    await simulate(page);
    await steps(page).nth(1).waitFor();
    assert.equal(await scenario(page).inputValue(), "");
  });

  story("a built-in scenario that is changed takes nobody's own away, and what cannot be is refused with its reason", async (page) => {
    await simulate(page);
    const field = await ownText(page);
    await field.fill("name: mine # kept\nsteps:\n  - { at: 5s, what: freeze, which: [rqlite-1] }\n");
    await page.locator(".steps li").first().waitFor();
    await scenario(page).selectOption("leader-kill");
    await field.press("End");
    await field.press("Space");
    await scenario(page).selectOption({ label: "Your own from before" });
    assert.match(await field.inputValue(), /name: mine # kept/);
    // It is restored in the same moment in which it freezes.
    await page.locator(".tracks input").fill("5000");
    await page.locator(".pod", { hasText: "rqlite-1" }).click();
    await page.getByRole("button", { name: "Restore", exact: true }).click();
    await page.getByRole("alert").waitFor();
    assert.equal(await page.locator(".steps li").count(), 1);
    await page.getByRole("button", { name: "Kill", exact: true }).waitFor();
  });

  story("what stays down as it was expected to is not said to hold", async (page) => {
    await simulate(page);
    await scenario(page).selectOption("majority-lost");
    await page.locator(".outcome.warning", { hasText: "a person must decide" }).waitFor();
  });

  story("a long time without writes is no good news, unless nothing was installed yet", async (page) => {
    await simulate(page);
    for (const [name, looks, sentence] of [
      ["leader-kill", "fine", /^No row is lost$/],
      ["initial", "fine", /^No row is lost$/],
      ["recovery", "warning", /^No row is lost, but no writes for 2 min \S+ s$/],
    ]) {
      await scenario(page).selectOption(name);
      await page.locator(`.simulate .outcome.${looks}`).getByText(sentence).waitFor();
    }
  });

  story("a link brings a scenario, and what was there before stays", async (page, { context, url }) => {
    await simulate(page);
    await whom(page).selectOption("b");
    await act(page, "Drain");
    await page.waitForURL(/,p=/);
    const link = page.url();
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByText("It carries your scenario, too.").waitFor();
    const other = await context.browser().newContext();
    const theirs = await other.newPage();
    await theirs.goto(url);
    await ready(theirs);
    await simulate(theirs);
    await whom(theirs).selectOption("rqlite-2");
    await act(theirs, "Freeze");
    await steps(theirs).nth(1).waitFor();
    await theirs.goto(link);
    await theirs.locator(".steps li", { hasText: "drain b" }).waitFor();
    await scenario(theirs).selectOption("Your own from before");
    await theirs.locator(".steps li", { hasText: "freeze rqlite-2" }).waitFor();
    // A broken one is said to be, and changes nothing.
    await theirs.goto(`${url}#v=1,p=x-x`);
    await theirs.getByText("It could not be played:").waitFor();
    await theirs.locator(".steps li", { hasText: "freeze rqlite-2" }).waitFor();
    await other.close();
  });

  story("pods beyond the values are drawn once somebody scales out", async (page) => {
    await simulate(page);
    await scenario(page).selectOption("scale-out-5");
    await pod(page, "rqlite-4").and(page.getByLabel("not there")).waitFor();
    await time(page).press("End");
    await pod(page, "rqlite-4").and(page.getByLabel("Ready")).and(page.locator(".voter")).waitFor();
  });
});

describe("planning", () => {
  story(
    "what applying does is told as the program tells it",
    async (page) => {
      const values = "replicas: 5\nstorage: { size: 20Gi }\nresources: { requests: { cpu: 1 } }\n";
      await importText(page, values);
      await show(page, "Changes");
      const plan = page.locator(".plan");
      await plan.getByText("Needs steps", { exact: true }).waitFor();
      await plan.getByRole("button", { name: "Copy for a pull request" }).click();
      const markdown = await page.evaluate(() => navigator.clipboard.readText());
      const folder = mkdtempSync(join(tmpdir(), "rqchart-"));
      const file = (name, text) => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
      };
      const old = program("template", "rqlite").stdout;
      const told = program("plan", file("old.yaml", old), file("values.yaml", values), "--output", "markdown");
      assert.deepEqual(withoutCommands(markdown), withoutCommands(told.stdout));
      assert.ok(markdown.includes("rqchart template rqlite --namespace default --values values.yaml | kubectl apply"));
      assert.equal(await plan.locator("tbody tr").count(), 3);
      // What is there may be pasted instead; of manifests the same as the new ones nothing is left to do.
      await plan.getByText("Compare with manifests instead").click();
      await plan.getByRole("textbox").fill(program("template", "rqlite", "--values", join(folder, "values.yaml")).stdout);
      await plan.getByText("Nothing is different.").waitFor();
      // What is compared with is said above, and is chosen there.
      const against = page.getByLabel("Compared with");
      assert.equal(await against.inputValue(), "pasted");
      assert.equal(await page.locator(".effects, .difference").count(), 0);
      await against.selectOption("The defaults");
      await plan.getByText("Needs steps", { exact: true }).waitFor();
      await page.locator(".difference").first().waitFor();
      await against.selectOption("Manifests that were pasted");
      await plan.getByText("Nothing is different.").waitFor();
      await plan.getByRole("textbox").fill("kind: <img src=x onerror=alert(1)>\n: :\n");
      await plan.getByText("No plan:").waitFor();
      await plan.getByRole("textbox").fill("");
      assert.equal(await against.inputValue(), "defaults");
      assert.ok(await plan.getByRole("textbox").evaluate((field) => field === document.activeElement));
    },
    needs,
  );

  story("what a setting does is said where no plan says it", async (_page, { browser, url }) => {
    const context = await browser.newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    await context.route(/assets\/ahead/, (route) => route.abort());
    await page.goto(url);
    await ready(page);
    await importText(page, "replicas: 5\n");
    await show(page, "Changes");
    await page.locator(".plan").getByText("No plan:").waitFor();
    await page.locator(".effects li", { hasText: "changes without a restart" }).waitFor();
    await context.close();
  });

  story("what loses rows is dangerous", async (page) => {
    await importText(page, "storage: { ephemeral: true }\n");
    await show(page, "Changes");
    await page.locator(".plan").getByText("Dangerous", { exact: true }).waitFor();
  });
});

describe("for everybody", () => {
  for (const [name, options] of [
    ["on a wide screen", {}],
    ["dark", { colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 320, height: 640 }, hasTouch: true }],
  ]) {
    story(
      `no barriers ${name}`,
      async (page) => {
        const phone = name === "on a phone";
        if (phone) await page.getByRole("button", { name: "What comes of it" }).click();
        await simulate(page);
        await page.getByText("The scenario as YAML").click();
        await withoutBarriers(page);
        await fits(page, "Simulate");
        await show(page, "Changes");
        await page.locator(".plan").getByText("Nothing is different.").waitFor();
        await withoutBarriers(page);
        await fits(page, "Changes");
      },
      options,
    );
  }

  story("it plays without a network after the first visit", async (page, { context }) => {
    await page.waitForFunction(() => navigator.serviceWorker.ready.then((registration) => registration.active?.state === "activated"));
    await context.setOffline(true);
    await page.reload();
    await ready(page);
    await simulate(page);
    await outcome(page).getByText("No row is lost").waitFor();
  });

  story("300 replicas are played", async (page) => {
    await importText(page, "replicas: 300\nmaxVoters: 7\n");
    await settled(page);
    await simulate(page);
    await page.getByText("200 pods without a vote are not simulated.").waitFor();
  });
});

// Stories of people at the page, in a real Chromium, on the built folder.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { CASES, load } from "../../tests/wasm/cases.mjs";
import { begin, dropFile, end, EXAMPLES, fieldOf, fits, importText, picture, ready, RQCHART, settled, show, skip, story, valuesText, withoutBarriers } from "./page.mjs";

before(() => begin());
after(end);

/** What each view shows once it is there. */
const SHOWN = {
  Picture: ".pod",
  Simulate: ".simulate .outcome",
  Manifests: ".line",
  Changes: ".changes:has(.difference) .plan .outcome",
  "Use it": ".command",
};
async function look(page, view, shown = SHOWN[view]) {
  await show(page, view);
  await page.locator(shown).first().waitFor();
}

const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);
const replicas = (page) => page.getByLabel("Replicas", { exact: true });
const findings = (page) => page.getByRole("region", { name: "Findings" });

const labelled = (name) => `podLabels:\n  # who is paged\n  ${name}: storage # by name\n  cost-center: "42"\n`;

describe("filling in", () => {
  story("a value typed in the form is in the text, the manifests and the picture", async (page) => {
    await replicas(page).fill("5");
    await settled(page);
    assert.equal(await page.locator(".pod").count(), 5);
    assert.match((await page.locator(".summary").textContent()) ?? "", /5 voters/);
    await show(page, "Manifests");
    await page.locator(".line", { hasText: "replicas: 5" }).first().waitFor();
    assert.equal(await valuesText(page), "replicas: 5\n");
  });

  story("a value is broken, named at the field and in the list, and mended", async (page) => {
    await replicas(page).fill("three");
    await settled(page);
    await findings(page).getByText("1 error").waitFor();
    assert.equal(await replicas(page).getAttribute("aria-invalid"), "true");
    const about = (await replicas(page).getAttribute("aria-describedby")) ?? "";
    const found = about.split(" ").find((id) => id.endsWith(".found")) ?? "";
    assert.match((await page.locator(`[id="${found}"]`).textContent()) ?? "", /error/);
    // The picture from before stays, and says so.
    await page.getByText("The values have errors.").waitFor();
    assert.equal(await page.locator(".pod").count(), 3);
    await findings(page).getByRole("button").first().click();
    assert.ok(await replicas(page).evaluate((field) => field === document.activeElement));
    await replicas(page).fill("3");
    await settled(page);
    await findings(page).getByText("Nothing to complain about").waitFor();
  });

  story("a single fault that the cluster does not bear is found, as lint finds it", async (page) => {
    await importText(page, "antiAffinity:\n  host: none\ntopologySpreadConstraints: []\n");
    const fault = findings(page).locator("li").filter({ hasText: "a single fault stops all writes" });
    await fault.waitFor();
    assert.match(await fault.textContent(), /Line 2/i);
    await fault.getByRole("button").first().click();
    await page.waitForFunction(() => document.activeElement?.closest('[data-path="/antiAffinity/host"], #set\\/antiAffinity\\/host') !== null);
    await fieldOf(page, "/replicas").fill("x");
    await fault.waitFor({ state: "detached" });
  });

  story("a changed field is marked, counted and reset", async (page) => {
    await replicas(page).fill("5");
    await settled(page);
    await page.getByText("1 changed").waitFor();
    await page.getByRole("button", { name: "Reset Replicas" }).click();
    await settled(page);
    assert.equal(await valuesText(page), "");
  });

  story("a list of objects, a map and a choice are filled in", async (page) => {
    const search = page.getByRole("searchbox", { name: "Search settings" });
    await search.fill("auth.users");
    await page.getByRole("button", { name: "Add to Auth › Users", exact: true }).click();
    await page.getByLabel("Users 1: Username").fill("app");
    await settled(page);
    await page.getByLabel("Users 1: Password").fill("s3cret");
    assert.equal(await page.getByLabel("Users 1: Password").getAttribute("type"), "password");
    await settled(page);
    await search.fill("podlabels");
    await page.locator('[data-path="/podLabels"]').getByLabel("New key: Pod labels").fill("team");
    await page.keyboard.press("Enter");
    await page.locator('[data-path="/podLabels"]').getByLabel("Pod labels: team", { exact: true }).fill("storage");
    await settled(page);
    await search.fill("formation");
    await page.getByRole("radiogroup", { name: "Formation" }).getByLabel("parallel").check();
    await settled(page);
    const text = await valuesText(page);
    assert.match(text, /username: "?app/);
    assert.match(text, /password: "?s3cret/);
    assert.match(text, /podLabels:\n +team: storage/);
    assert.match(text, /formation: parallel/);
  });

  story("what is typed quickly arrives in full", async (page) => {
    await page.getByRole("searchbox", { name: "Search settings" }).fill("storageclassname");
    await fieldOf(page, "/storage/storageClassName").click();
    await page.keyboard.type("fast-local-ssd", { delay: 0 });
    await settled(page);
    assert.match(await valuesText(page), /storageClassName: fast-local-ssd\n/);
  });

  story("entries of a list change places by keyboard and pointer, as often as it is said, and the focus goes with them", async (page) => {
    const original = "auth:\n  users:\n    - { username: a, password: pa }\n    - username: b # second\n      password: pb\n    - { username: c, password: pc }\n";
    await importText(page, original);
    await page.getByRole("searchbox", { name: "Search settings" }).fill("auth.users");
    const move = (entry, way) => page.getByRole("button", { name: `Move Auth › Users ${entry} ${way}`, exact: true });
    const names = () => Promise.all([1, 2, 3].map((entry) => page.getByLabel(`Users ${entry}: Username`).inputValue()));
    for (const [entry, way] of [[1, "up"], [3, "down"]]) assert.equal(await move(entry, way).getAttribute("aria-disabled"), "true");
    // What is typed, and each click, counts also before there is an answer.
    const held = page.workers()[0].evaluate(() => {
      const begun = performance.now();
      while (performance.now() - begun < 500) continue;
    });
    await page.getByLabel("Users 1: Password").fill("typed");
    await move(1, "down").focus();
    await page.keyboard.press("Enter");
    assert.ok(await hasFocus(move(2, "down")));
    await page.keyboard.press("Enter");
    assert.ok(await hasFocus(move(3, "down")));
    await page.keyboard.press("Enter");
    await held;
    await settled(page);
    assert.deepEqual(await names(), ["b", "c", "a"]);
    assert.equal(await page.getByLabel("Users 3: Password").inputValue(), "typed");
    await move(3, "up").click();
    await settled(page);
    assert.ok(await hasFocus(move(2, "up")));
    assert.deepEqual(await names(), ["b", "a", "c"]);
    // Each is one step.
    for (const step of [["b", "c", "a"], ["b", "a", "c"], ["a", "b", "c"]]) {
      await page.getByRole("button", { name: "Undo" }).click();
      await settled(page);
      assert.deepEqual(await names(), step);
    }
    await page.getByRole("button", { name: "Undo" }).click();
    // A password that was shown is not shown when another one takes its place.
    await page.locator('[data-path="/auth/users"]').getByRole("button", { name: "Show" }).first().click();
    assert.equal(await page.getByLabel("Users 1: Password").getAttribute("type"), "text");
    await move(1, "down").click();
    await settled(page);
    assert.equal(await page.getByLabel("Users 1: Password").getAttribute("type"), "password");
    await page.getByRole("button", { name: "Undo" }).click();
    assert.equal(await valuesText(page), original);
    // A list that is only the default so far.
    await show(page, "Form");
    await page.getByRole("searchbox", { name: "Search settings" }).fill("networkPolicy.egress.dnsPorts");
    await page.getByRole("button", { name: "Move Network policy › Egress › DNS ports 2 up" }).click();
    await settled(page);
    assert.match(await valuesText(page), /dnsPorts:\n +- 5353\n +- 53\n/);
  });

  story("an entry of a map is called otherwise where it stands, with its value and its comments", async (page) => {
    await importText(page, labelled("team"));
    await page.getByRole("searchbox", { name: "Search settings" }).fill("podLabels");
    const map = page.locator('[data-path="/podLabels"]');
    const key = (name) => map.getByLabel(`Key of Pod labels: ${name}`);
    const names = () => map.locator(".pair-key").evaluateAll((all) => all.map((field) => field.value));
    await key("team").fill("cost-center");
    await map.getByText("There is one of that name.").waitFor();
    assert.equal(await key("team").getAttribute("aria-invalid"), "true");
    await page.keyboard.press("Enter");
    await key("team").fill("");
    await map.getByText("It needs a key.").waitFor();
    await page.keyboard.press("Enter");
    await settled(page);
    assert.equal(await valuesText(page), labelled("team"));
    await show(page, "Form");
    await key("team").fill("on");
    await page.keyboard.press("Enter");
    await key("on").waitFor();
    assert.ok(await hasFocus(key("on")));
    assert.deepEqual(await names(), ["on", "cost-center"]);
    // Its quotes are kept. Whoever goes on at the value before there is an answer goes on at that of the new name.
    const held = page.workers()[0].evaluate(() => {
      const begun = performance.now();
      while (performance.now() - begun < 500) continue;
    });
    await key("on").fill("squad");
    await page.keyboard.press("Tab");
    await page.keyboard.type("mine");
    await held;
    await settled(page);
    assert.ok(await hasFocus(map.getByLabel("Pod labels: squad", { exact: true })));
    assert.equal(await valuesText(page), labelled('"squad"').replace("storage", "mine"));
    await page.keyboard.press("Control+z");
    assert.equal(await valuesText(page), labelled('"squad"'));
    await page.keyboard.press("Control+z");
    assert.equal(await valuesText(page), labelled('"on"'));
    await page.keyboard.press("Control+z");
    assert.equal(await valuesText(page), labelled("team"));
    // However it is written, and never where it only looks so.
    for (const [written, renamed] of [
      ["{ labels: { team: team }, podLabels: { a: team, team: team } }\n", "{ labels: { team: team }, podLabels: { a: team, squad: team } }\n"],
      ['{"podLabels": {"team" : "a", "b": "c"}}\n', '{"podLabels": {"squad" : "a", "b": "c"}}\n'],
      ["podLabels:\n    'team': a # why\n    b: c\n", "podLabels:\n    squad: a # why\n    b: c\n"],
      ["labels: &l { team: a }\npodLabels: *l\n", "labels: &l { team: a }\npodLabels:\n  squad: a\n"],
      ["podLabels:\n  ? team\n  : a\n  b: c\n", "podLabels:\n  b: c\n  squad: a\n"],
    ]) {
      await importText(page, written);
      await show(page, "Form");
      await key("team").fill("squad");
      await page.keyboard.press("Enter");
      await key("squad").waitFor();
      assert.equal(await valuesText(page), renamed);
    }
  });

  story("an entry that is emptied keeps its place", async (page) => {
    await importText(page, "networkPolicy:\n  egress: { allowAll: false, dnsPorts: [53, 5353] }\n");
    await page.getByRole("searchbox", { name: "Search settings" }).fill("dnsPorts");
    const first = page.getByRole("textbox", { name: "DNS ports 1" });
    await first.fill("");
    await settled(page);
    await first.pressSequentially("54");
    await settled(page);
    assert.match(await valuesText(page), /dnsPorts: \[54, 5353\]/);
  });

  story("a password of several lines is not shown either", async (page) => {
    await importText(page, "auth:\n  users:\n    - username: app\n      password: |\n        s3cret\n        more\n      permissions: [all]\n");
    await page.getByRole("searchbox", { name: "Search settings" }).fill("auth.users");
    const field = page.getByLabel("Users 1: Password");
    assert.equal(await field.getAttribute("type"), "password");
    await page.locator('[data-path="/auth/users"]').getByRole("button", { name: "Show" }).click();
    assert.equal(await field.inputValue(), "s3cret\nmore\n");
  });

  story("a finding leads to its field once, and takes no focus later", async (page) => {
    await replicas(page).fill("three");
    await settled(page);
    await findings(page).getByRole("button").first().click();
    assert.ok(await replicas(page).evaluate((field) => field === document.activeElement));
    const search = page.getByRole("searchbox", { name: "Search settings" });
    await search.fill("image");
    await replicas(page).waitFor({ state: "detached" });
    await search.press("Control+a");
    for (const key of "replicas") {
      await page.keyboard.type(key);
      await page.waitForTimeout(50); // what is found is drawn
    }
    await fieldOf(page, "/replicas").waitFor();
    assert.equal(await search.inputValue(), "replicas");
    assert.ok(await search.evaluate((field) => field === document.activeElement));
  });

  story("what is wrong with the release leads to it", async (page) => {
    await page.getByLabel("Release name").fill("RQ");
    await settled(page);
    assert.equal(await page.getByLabel("Release name").getAttribute("aria-invalid"), "true");
    await findings(page).getByRole("button").first().click();
    assert.ok(await page.getByLabel("Release name").evaluate((field) => field === document.activeElement));
    await page.getByLabel("Release name").fill("rq");
    await page.getByLabel("Kubernetes").fill("banana");
    await settled(page);
    assert.equal(await page.getByLabel("Release name").getAttribute("aria-invalid"), null);
    assert.equal(await page.getByLabel("Kubernetes").getAttribute("aria-invalid"), "true");
    await page.getByLabel("Kubernetes").fill("");
    await importText(page, "replicas: [\n");
    assert.equal(await page.getByLabel("Release name").getAttribute("aria-invalid"), null);
    await page.getByText("The text cannot be read;").waitFor();
  });
});

describe("searching", () => {
  story("a setting is found by title, key, flag and by what it renders", async (page) => {
    const search = page.getByRole("searchbox", { name: "Search settings" });
    for (const wanted of ["max voters", "maxVoters", "-raft-non-voter"]) {
      await search.fill(wanted);
      await page.locator('[data-path="/maxVoters"]').waitFor();
    }
    await search.fill("podManagementPolicy:");
    await page.locator('[data-path="/formation"]').waitFor();
  });

  story("so is one by its choices and by what its group says, and its name comes before descriptions and readers", async (page) => {
    const search = page.getByRole("searchbox", { name: "Search settings" });
    await search.fill("LoadBalancer");
    await page.locator('[data-path="/services/client/type"]').waitFor();
    await search.fill("drain");
    await page.locator('[data-path="/podDisruptionBudget/maxUnavailable"]').waitFor();
    for (const [words, path] of [["priority class", "/priorityClassName"], ["cpu", "/resources/requests/cpu"], ["image", "/image/registry"], ["labels", "/labels"]]) {
      await search.fill(words);
      await page.waitForFunction((wanted) => document.querySelector("[data-path]")?.dataset.path === wanted, path, { timeout: 5000 });
    }
  });
});

describe("two views of one state", () => {
  story("the form follows the text, and comments stay when the form edits", async (page) => {
    await show(page, "values.yaml");
    await page.locator(".cm-content").click();
    await page.keyboard.insertText("# Ours\nreplicas: 5 # for now\n");
    await settled(page);
    await show(page, "Form");
    assert.equal(await replicas(page).inputValue(), "5");
    await replicas(page).fill("7");
    await settled(page);
    assert.equal(await valuesText(page), "# Ours\nreplicas: 7 # for now\n");
  });

  story("text that cannot be read loses nothing, and its findings are in the editor", async (page) => {
    await show(page, "values.yaml");
    await page.locator(".cm-content").click();
    await page.keyboard.insertText("replicas: [\n");
    await settled(page);
    await findings(page).getByText(/error/).first().waitFor();
    await page.locator(".cm-lint-marker-error").first().waitFor();
    await page.reload();
    await ready(page);
    assert.equal(await valuesText(page), "replicas: [\n");
  });

  story("undo and redo go over both views", async (page) => {
    await replicas(page).fill("5");
    await settled(page);
    await show(page, "values.yaml");
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.insertText("maxVoters: 3\n");
    await settled(page);
    await page.keyboard.press("Control+z");
    assert.equal(await valuesText(page), "replicas: 5\n");
    await show(page, "Form");
    await page.getByRole("button", { name: "Undo" }).click();
    await settled(page);
    assert.equal(await replicas(page).inputValue(), "");
    assert.equal(await valuesText(page), "");
    await page.getByRole("button", { name: "Redo" }).click();
    await page.getByRole("button", { name: "Redo" }).click();
    assert.equal(await valuesText(page), "replicas: 5\nmaxVoters: 3\n");
  });

  story("line breaks of Windows are lines, in both views", async (page) => {
    await importText(page, "replicas: 5\n");
    await valuesText(page);
    await page.getByRole("button", { name: "Import" }).click();
    const buffer = Buffer.from("# Ours\r\nreplicas: 7\r\nmaxVoters: 3\r\n");
    await page.getByLabel("Choose a file").setInputFiles({ name: "values.yaml", mimeType: "text/plain", buffer });
    await page.getByText("values.yaml was imported.").waitFor();
    await findings(page).getByText("Nothing to complain about").waitFor();
    await valuesText(page);
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.insertText("labels: { team: a }\n");
    await settled(page);
    assert.equal(await valuesText(page), "# Ours\nreplicas: 7\nmaxVoters: 3\nlabels: { team: a }\n");
  });

  story("other fields undo for themselves", async (page) => {
    await replicas(page).fill("5");
    await settled(page);
    const search = page.getByRole("searchbox", { name: "Search settings" });
    await search.pressSequentially("image");
    await page.keyboard.press("Control+z");
    assert.notEqual(await search.inputValue(), "image");
    await search.fill("podlabels");
    await page.locator('[data-path="/podLabels"]').getByLabel("New key: Pod labels").pressSequentially("team");
    await page.keyboard.press("Control+z");
    assert.equal(await valuesText(page), "replicas: 5\n");
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+f");
    await page.keyboard.type("a");
    await page.keyboard.press("Control+z");
    assert.equal(await valuesText(page), "replicas: 5\n");
  });

  story("undo in a field of the state leaves the focus there, and shows what is there", async (page) => {
    await replicas(page).fill("5");
    await settled(page);
    await page.keyboard.press("Control+z");
    await settled(page);
    assert.ok(await replicas(page).evaluate((field) => field === document.activeElement));
    assert.equal(await replicas(page).inputValue(), "");
    await page.keyboard.press("Control+Shift+z");
    await settled(page);
    assert.equal(await replicas(page).inputValue(), "5");
    await page.getByRole("button", { name: "Reset Replicas" }).click();
    assert.ok(await replicas(page).evaluate((field) => field === document.activeElement));
  });

  story("a field shows what is there, when that comes from elsewhere", async (page) => {
    await page.getByRole("searchbox", { name: "Search settings" }).fill("storage.size");
    const size = fieldOf(page, "/storage/size");
    await size.click();
    await page.keyboard.type("50Gi");
    await settled(page);
    await page.getByRole("button", { name: "Reset Storage › Size" }).click();
    await settled(page);
    assert.equal(await size.inputValue(), "");
    await page.keyboard.type("7Gi");
    await settled(page);
    assert.match(await valuesText(page), /^storage:\n {2}size: "?7Gi"?\n$/);
    await show(page, "Form");
    await size.click();
    await dropFile(page.locator("body"), "storage: { size: 9Gi }\n");
    await page.getByText("values.yaml was imported.").waitFor();
    await settled(page);
    assert.equal(await size.inputValue(), "9Gi");
  });

  story("what is taken away is a step of its own to undo", async (page) => {
    await valuesText(page);
    await page.locator(".cm-content").click();
    await page.keyboard.type("replicas: 5", { delay: 5 });
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Backspace");
    await settled(page);
    assert.equal(await valuesText(page), "");
    await page.keyboard.press("Control+z");
    assert.equal(await valuesText(page), "replicas: 5");
    await page.keyboard.press("Control+z");
    assert.equal(await valuesText(page), "");
  });

  story("what is typed over a selection keeps to the page's policy", async (page) => {
    await importText(page, "replicas: 5\n");
    await valuesText(page);
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("labels: {}");
    await settled(page);
    assert.equal(await valuesText(page), "labels: {}");
  });

  story("a field of objects leads to its place in the text", async (page) => {
    await importText(page, "readers:\n  replicas: 2\n  affinity: {}\nreplicas: 3\naffinity: {}\n");
    await page.getByRole("searchbox", { name: "Search settings" }).fill("affinity");
    await page.locator('[data-path="/affinity"]').getByRole("button", { name: "Open in values.yaml" }).click();
    await page.waitForFunction(() => document.querySelector(".codemirror")?.shadowRoot?.activeElement?.matches(".cm-content"));
    await page.keyboard.type("# here\n");
    await settled(page);
    assert.match(await valuesText(page), /replicas: 3\n# here\naffinity/);
  });

  story("a starting point replaces the values, and undo brings them back", async (page) => {
    await replicas(page).fill("5");
    await settled(page);
    await page.getByText("Starting points").click();
    await page.getByRole("button", { name: "Use Many readers" }).click();
    await settled(page);
    assert.equal(await valuesText(page), readFileSync(join(EXAMPLES, "many-readers.yaml"), "utf8"));
    await page.getByRole("button", { name: "Undo" }).click();
    assert.equal(await valuesText(page), "replicas: 5\n");
  });
});

describe("lines and settings", () => {
  story("a line leads to its setting, and a field to its lines", async (page) => {
    await show(page, "Manifests");
    await page.getByText("Choose a line").waitFor({ timeout: 60_000 });
    await page.locator(".line", { hasText: "podManagementPolicy" }).click();
    await page.locator(".origins").getByRole("button", { name: "formation" }).click();
    assert.ok(await page.locator('[data-path="/formation"]').evaluate((field) => field.contains(document.activeElement)));
    await page.locator(".line.marked", { hasText: "podManagementPolicy" }).waitFor();
  });

  story("a setting leads to its lines once, and not whoever has chosen another file since", async (page) => {
    await look(page, "Manifests");
    await page.getByRole("searchbox", { name: "Search settings" }).fill("storage.size");
    const size = fieldOf(page, "/storage/size");
    await page.getByRole("tab", { name: "Service rqlite-client" }).click();
    await size.click();
    await page.locator(".line.marked").first().waitFor({ timeout: 60_000 });
    const slow = page.workers().find((worker) => worker.url().includes("/worker") && worker !== page.workers()[0]);
    await slow.evaluate(() => {
      const reply = BroadcastChannel.prototype.postMessage;
      self.answers = 0;
      BroadcastChannel.prototype.postMessage = function (message) {
        self.answers += 1;
        reply.call(this, message);
      };
    });
    await size.fill("20Gi");
    await page.getByRole("tab", { name: "Service rqlite-client" }).click();
    while ((await slow.evaluate(() => self.answers)) === 0) await page.waitForTimeout(50);
    await page.waitForTimeout(100); // it would be shown by then
    assert.equal(await page.locator(".line.marked").count(), 0);
    await page.getByRole("tab", { name: "Service rqlite-client", selected: true }).waitFor();
  });

  story("lines are chosen by keyboard, also while the values have errors", async (page) => {
    await show(page, "Manifests");
    await page.getByText("Choose a line").waitFor({ timeout: 60_000 });
    await importText(page, "replicas: x\n");
    // What is selected elsewhere is none of a keyboard's business here.
    await page.getByText("Starting points").dblclick();
    await page.locator("#file-panel").focus();
    await page.keyboard.press("Enter");
    const wanted = page.locator(".line.chosen", { hasText: "podManagementPolicy" });
    for (let line = 0; line < 40 && (await wanted.count()) === 0; line += 1) await page.keyboard.press("ArrowDown");
    await page.locator(".origins").getByRole("button", { name: "formation" }).waitFor({ timeout: 60_000 });
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".line.chosen").count(), 0);
  });

  story("a chosen line is let go of where it is not to be seen any more", async (page) => {
    await show(page, "Manifests");
    await page.getByText("Choose a line").waitFor({ timeout: 60_000 });
    await page.locator(".line", { hasText: "  replicas: 3" }).click();
    await page.locator(".origins").getByRole("button", { name: "replicas" }).waitFor();
    await page.getByRole("tab", { name: "Service rqlite-client" }).click();
    await page.getByText("Choose a line").waitFor();
    await page.getByRole("tab", { name: "StatefulSet rqlite" }).click();
    await page.locator(".origins").getByRole("button", { name: "replicas" }).waitFor();
    await importText(page, "labels: { team: a }\n");
    await page.getByText("Choose a line").waitFor();
  });

  story("the lines that the last change touched are marked, and the tabs of their files", async (page) => {
    await show(page, "Manifests");
    await replicas(page).fill("5");
    await settled(page);
    assert.match((await page.locator(".line.fresh").first().textContent()) ?? "", /replicas: 5/);
    assert.ok((await page.locator(".files .dot").count()) > 0);
  });

  story("text is found in the manifests", async (page) => {
    await show(page, "Manifests");
    await page.getByRole("tab", { name: "All as one" }).click();
    await page.getByRole("searchbox", { name: "Search in the manifests" }).fill("clusterIP");
    await page.getByText(/^1 of \d+$/).waitFor();
    await page.getByRole("button", { name: "Next match" }).click();
    await page.getByText(/^2 of \d+$/).waitFor();
    await page.getByRole("tab", { name: "StatefulSet rqlite" }).click();
    await page.getByText("no match").waitFor();
    await page.getByRole("button", { name: /Show those in \d+ other files/ }).click();
    await page.getByText(/^1 of \d+$/).waitFor();
    await page.getByRole("tab", { name: "StatefulSet rqlite" }).click();
    await page.getByText("no match").waitFor();
    await page.getByRole("searchbox", { name: "Search in the manifests" }).press("Enter");
    await page.getByText(/^1 of \d+$/).waitFor();
    await page.getByRole("tab", { name: "Service rqlite-client", selected: true }).waitFor();
  });

  story("all manifests are copied as they are downloaded", async (page) => {
    await importText(page, "extraObjects: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: a } }]\n");
    await show(page, "Manifests");
    await page.getByRole("tab", { name: "All as one" }).click();
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByText("Copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    await show(page, "Use it");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Manifests, one file" }).click()]);
    assert.equal(copied, readFileSync((await download.path()) ?? "", "utf8"));
  });

  story("just what is searched for is marked, as long as it is to be seen", async (page) => {
    await importText(page, 'podAnnotations: { a: "İİ wanted" }\n');
    await look(page, "Manifests");
    await page.getByRole("searchbox", { name: "Search in the manifests" }).fill("Wanted");
    await page.getByText(/^1 of \d+$/).waitFor();
    const marked = () => page.evaluate(() => ["found", "found-here"].map((name) =>
      Array.from(CSS.highlights.get(name) ?? [], ({ startContainer, startOffset, endOffset }) => startContainer.data.slice(startOffset, endOffset)),
    ));
    assert.deepEqual(await marked(), [["wanted"], ["wanted"]]);
    await look(page, "Picture");
    assert.deepEqual(await marked(), [[], []]);
  });

  story("what is compared with stays as it was chosen", async (page) => {
    await page.getByText("Starting points").click();
    await page.getByRole("button", { name: "Use Three zones" }).click();
    await show(page, "Changes");
    const against = page.getByLabel("Compared with");
    assert.equal(await against.inputValue(), "example three-zones");
    await against.selectOption("The defaults");
    await show(page, "Picture");
    await show(page, "Changes");
    assert.equal(await against.inputValue(), "defaults");
    await importText(page, "replicas: 5\n");
    await page.reload();
    await ready(page);
    await show(page, "Changes");
    await against.selectOption("Imported: pasted text");
  });

  story("changes against the defaults say what a running cluster does", async (page) => {
    await page.getByRole("searchbox", { name: "Search settings" }).fill("storage.size");
    await fieldOf(page, "/storage/size").fill("20Gi");
    await settled(page);
    await show(page, "Changes");
    await page.locator(".line.plus", { hasText: "20Gi" }).waitFor({ timeout: 30_000 });
    await page.locator(".plan .outcome", { hasText: "the volumes data grow" }).waitFor();
    // The plan knows both states: which settings differ is all that is said beside it.
    assert.equal(await page.locator(".effects").textContent(), "storage.size");
    await page.locator(".effects").getByRole("button").click();
    assert.ok(await fieldOf(page, "/storage/size").evaluate((field) => field === document.activeElement));
    await picture(page, "changes");
  });

  story("changes that wait for the engine are said to be under way", async (page) => {
    await look(page, "Manifests");
    await page.locator(".origins").getByText("Choose a line").waitFor();
    while (page.workers().length < 2) await page.waitForTimeout(20);
    const held = page.workers()[1].evaluate(() => {
      const begun = performance.now();
      while (performance.now() - begun < 1500) continue;
    });
    await show(page, "Changes");
    await page.getByText("Comparing…").waitFor();
    await page.getByText("Planning…").waitFor();
    await held;
    await page.getByText("No file differs.").waitFor();
    assert.equal(await page.getByText("Comparing…").count(), 0);
  });
});

describe("in and out", () => {
  story("values are pasted, and a file is chosen", async (page) => {
    await importText(page, "replicas: 5\n");
    assert.equal(await valuesText(page), "replicas: 5\n");
    await importText(page, "USER-SUPPLIED VALUES:\nreplicas: 7\n");
    assert.equal(await valuesText(page), "replicas: 7\n");
    await importText(page, "USER-SUPPLIED VALUES:\nnull\n");
    assert.equal(await valuesText(page), "");
    await page.getByRole("button", { name: "Import" }).click();
    await page.getByLabel("Choose a file").setInputFiles(join(EXAMPLES, "three-zones.yaml"));
    await settled(page);
    assert.equal(await valuesText(page), readFileSync(join(EXAMPLES, "three-zones.yaml"), "utf8"));
  });

  for (const viewport of [{ width: 1280, height: 800 }, { width: 375, height: 700 }]) {
    story(`what is said of an import says its errors, and covers and moves nothing, ${viewport.width}`, async (page) => {
      const tally = findings(page).getByRole("status");
      await importText(page, "replicas: x\nmaxVoters: y\n");
      const notice = page.locator(".banner.notice", { hasText: "was imported" });
      await notice.getByText("2 errors were found.").waitFor();
      const box = await notice.boundingBox();
      assert.ok(box.y + box.height <= viewport.height && box.x + box.width <= viewport.width);
      // Who points at the middle of the last finding, or the tally, points at that.
      for (const what of [tally, findings(page).getByRole("button").last()]) {
        assert.ok(await what.evaluate((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        }));
      }
      await notice.getByRole("button", { name: "Close" }).click();
      const places = () => Promise.all([page.locator(".left-pane"), tally].map((one) => one.boundingBox()));
      const without = await places();
      await importText(page, "replicas: x\nmaxVoters: y\n");
      await notice.waitFor();
      assert.deepEqual(await places(), without);
    }, { viewport });
  }

  story("what was pasted stays in the dialog until it is used", async (page) => {
    const text = page.getByRole("textbox", { name: "Text" });
    await page.getByRole("button", { name: "Import" }).click();
    await text.waitFor();
    await page.keyboard.insertText("replicas: 5\n");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Import" }).click();
    assert.equal(await text.inputValue(), "replicas: 5\n");
    await page.getByRole("button", { name: "Use these values" }).click();
    await settled(page);
    assert.equal(await valuesText(page), "replicas: 5\n");
    await page.getByRole("button", { name: "Import" }).click();
    assert.equal(await text.inputValue(), "");
  });

  story("a file that is no UTF-8 is refused, as the program refuses it", async (page) => {
    await importText(page, "replicas: 5\n");
    await page.getByRole("button", { name: "Import" }).click();
    const choose = (text, encoding) =>
      page.getByLabel("Choose a file").setInputFiles({ name: "values.yaml", mimeType: "text/plain", buffer: Buffer.from(text, encoding) });
    await choose("labels: { team: Müller }\n", "latin1");
    await page.getByRole("dialog").getByText("values.yaml cannot be read; nothing was changed.").waitFor();
    await choose("\uFEFFlabels: { team: Müller }\n", "utf8");
    await page.getByText("values.yaml was imported.").waitFor();
    await settled(page);
    assert.equal(await valuesText(page), "labels: { team: Müller }\n");
  });

  story("a file is dropped on the page", async (page) => {
    await dropFile(page.locator("body"), "replicas: 7\n");
    await page.getByText("values.yaml was imported.").waitFor();
    await settled(page);
    assert.equal(await valuesText(page), "replicas: 7\n");
  });

  story("a file that is dropped on the editor is taken once", async (page) => {
    await importText(page, "replicas: 5\n");
    await valuesText(page);
    await dropFile(page.locator(".cm-content"), "replicas: 7\n");
    await page.getByText("values.yaml was imported.").waitFor();
    await page.waitForTimeout(300); // nobody else reads the file meanwhile
    assert.equal(await valuesText(page), "replicas: 7\n");
    await page.getByRole("button", { name: "Undo" }).click();
    assert.equal(await valuesText(page), "replicas: 5\n");
  });

  story("a link opens the same cluster elsewhere, without secrets", async (page, { url, browser }) => {
    await importText(
      page,
      "# Mine\nreplicas: 5\nauth:\n  probePassword: p1\n  memberPassword: p2\n  users:\n    - { username: app, password: s3cret, permissions: [all] }\n",
    );
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByText("Left out, because they are secrets:").waitFor();
    const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
    assert.ok(link.startsWith(`${url}#v=1`));
    const elsewhere = await browser.newContext();
    try {
      const other = await elsewhere.newPage();
      await other.goto(link);
      await ready(other);
      await settled(other);
      const text = await valuesText(other);
      assert.match(text, /replicas: 5/);
      assert.doesNotMatch(text, /s3cret|p1|p2/);
    } finally {
      await elsewhere.close();
    }
  });

  story("the program reads the same link, and writes the same bytes", async (page) => {
    await importText(page, "replicas: 5\nlabels: { team: storage }\n");
    await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
    await show(page, "Use it");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Manifests, one file" }).click()]);
    const link = new URL(page.url()).hash.slice(1);
    const printed = execFileSync(RQCHART, ["template", "--from-link", link], { stdio: ["ignore", "pipe", "ignore"] });
    assert.ok(readFileSync(await download.path()).equals(printed));
  }, { skip: skip || (RQCHART === undefined && "skipped: the program is not built") });

  story("the address does not take comments away when the page is loaded again", async (page) => {
    await importText(page, "# Mine\nreplicas: 5\n");
    await page.waitForFunction(() => location.hash.startsWith("#v=1"));
    await page.reload();
    await ready(page);
    await settled(page);
    assert.equal(await valuesText(page), "# Mine\nreplicas: 5\n");
  });

  story("a link over work of one's own can be undone", async (page) => {
    await importText(page, "replicas: 7\n");
    await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
    await page.evaluate(() => {
      location.hash = "#v=1";
    });
    await page.getByText("Opened from the link.").waitFor();
    assert.equal(await valuesText(page), "");
    await page.getByRole("button", { name: "Undo" }).click();
    assert.equal(await valuesText(page), "replicas: 7\n");
  });

  story("a broken link is said to be one", async (page) => {
    await page.getByText("The link cannot be opened:").waitFor();
    assert.equal(await valuesText(page), "");
  }, { hash: "#v=1,s=%3Cimg%20src=x%3E" });

  story("a broken link stays in the address until something is changed, also where there is work of one's own", async (page) => {
    await importText(page, "replicas: 5\n");
    await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
    const broken = "#v=1,s=broken";
    await page.evaluate((hash) => history.replaceState(null, "", hash), broken);
    await page.reload();
    await page.getByText("The link cannot be opened:").waitFor();
    // The link of what is here is known by then.
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("textbox", { name: "Link" }).waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => location.hash), broken);
    await replicas(page).fill("7");
    await page.waitForFunction((hash) => location.hash.startsWith("#v=1,") && location.hash !== hash, broken);
  });

  story("whoever looks at the link of what is here keeps nothing anew", async (page) => {
    await importText(page, "replicas: 5\n");
    await page.waitForFunction(() => location.hash.startsWith("#v=1,"));
    // It is kept with its link.
    await page.waitForFunction(() => JSON.parse(sessionStorage.getItem("rqchart.document") ?? "null")?.link !== undefined);
    await page.evaluate(() => {
      const { setItem } = Storage.prototype;
      globalThis.writes = 0;
      Storage.prototype.setItem = function (...entry) {
        globalThis.writes += 1;
        setItem.apply(this, entry);
      };
    });
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("textbox", { name: "Link" }).waitFor();
    assert.equal(await page.getByText("It carries your scenario, too.").count(), 0);
    await page.keyboard.press("Escape");
    await page.waitForTimeout(500); // the address would follow by then
    assert.equal(await page.evaluate(() => globalThis.writes), 0);
  });

  story("a huge link is refused", async (page) => {
    await page.getByText("The link cannot be opened:").waitFor();
  }, { hash: `#v=1,s=${"A".repeat(400_000)}` });

  story("downloads are the program's bytes, for every example", async (page) => {
    const folder = mkdtempSync(join(tmpdir(), "rqchart-page-"));
    for (const name of readdirSync(EXAMPLES)) {
      await importText(page, readFileSync(join(EXAMPLES, name), "utf8"));
      await show(page, "Use it");
      const take = async (button) => {
        const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
        const file = join(folder, download.suggestedFilename());
        await download.saveAs(file);
        return readFileSync(file);
      };
      const manifests = await take("Manifests, one file");
      const printed = execFileSync(RQCHART, ["template", "rqlite", "-f", join(EXAMPLES, name)], { stdio: ["ignore", "pipe", "ignore"] });
      assert.ok(manifests.equals(printed), name);
      const archive = await take("Chart package");
      execFileSync(RQCHART, ["package", "--values", join(EXAMPLES, name), "--destination", join(folder, name)]);
      const [packed] = readdirSync(join(folder, name));
      assert.ok(archive.equals(readFileSync(join(folder, name, packed))), `${name}: ${packed}`);
    }
    const values = join(folder, "values.yaml");
    writeFileSync(values, "replicas: 5\n");
    await importText(page, "replicas: 5\n");
    await show(page, "Use it");
    const [own] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "values.yaml", exact: true }).click()]);
    await own.saveAs(join(folder, "own.yaml"));
    assert.ok(readFileSync(join(folder, "own.yaml")).equals(readFileSync(values)));
  }, { skip: skip || (RQCHART === undefined && "skipped: the program is not built") });

  story("the engine gives in its worker, byte for byte, what it gives in node, for every example and golden case", async (page) => {
    // Where `tests/wasm/same_bytes.mjs` compares it with the program.
    const [engine, archives] = [await load("engine"), await load("archives")];
    await show(page, "Use it");
    await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Chart package" }).click()]);
    const compare = async (part, wasm, questions) => {
      const worker = page.workers().find((one) => one.url().includes(part));
      const inWorker = await worker.evaluate(async (all) => {
        const { postMessage } = BroadcastChannel.prototype;
        const answers = [];
        BroadcastChannel.prototype.postMessage = ({ answer, ...refusal }) =>
          answers.push(answer instanceof Uint8Array ? Array.from(answer, (byte) => String.fromCharCode(byte)).join("") : (answer ?? refusal.error));
        for (const data of all) self.dispatchEvent(new MessageEvent("message", { data }));
        while (answers.length < all.length) await new Promise((resolve) => setTimeout(resolve));
        BroadcastChannel.prototype.postMessage = postMessage;
        return answers;
      }, questions.map(({ call, request }) => ({ id: -1, call, request: JSON.stringify(request) })));
      const inNode = questions.map(({ call, request }) => {
        const answer = wasm[call](JSON.stringify(request));
        return typeof answer === "string" ? answer : Buffer.from(answer).toString("latin1");
      });
      assert.equal(inWorker.length, questions.length);
      questions.forEach(({ name, call }, index) => assert.ok(inWorker[index] === inNode[index], `${name}: ${call}`));
    };
    await compare("/worker", engine, ["preview", "manifests"].flatMap((call) => CASES.map(({ name, release, text }) => ({ name, call, request: { release, text } }))));
    await compare("/archives", archives, CASES.flatMap(({ name, release, text }) => {
      const { files = [] } = JSON.parse(engine.manifests(JSON.stringify({ release, text })));
      return [{ name, call: "pack", request: { text } }, { name, call: "zip", request: { files } }];
    }));
  });

  story("commands are there to copy", async (page) => {
    await show(page, "Use it");
    const command = page.locator(".command").first();
    await command.waitFor();
    await command.getByRole("button").click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, await command.locator("pre").textContent());
    await picture(page, "use");
  });
});

describe("for everybody", () => {
  story("with the keyboard alone", async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the preview");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "result");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Simulate");
    await page.keyboard.press("ArrowLeft");
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement?.classList.contains("pod"))) break;
    }
    await page.keyboard.press("ArrowRight");
    const label = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    assert.match(label ?? "", /rqlite-1/);
    // Out of the editor, which leaves Tab alone.
    await show(page, "values.yaml");
    await page.locator(".cm-content").focus();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.querySelector(".codemirror")?.shadowRoot?.activeElement ?? null), null);
  });

  for (const theme of ["light", "dark"]) {
    story(`no barriers in any view, ${theme}`, async (page) => {
      await replicas(page).fill("4");
      await settled(page);
      assert.ok(await page.getByText("see the cluster you are about to get").isVisible());
      for (const view of ["Picture", "Manifests", "Changes", "Use it"]) {
        await look(page, view);
        await fits(page, view);
        await withoutBarriers(page);
        await picture(page, `${view.toLowerCase().replace(" ", "-")}-${theme}`);
      }
      await page.getByRole("radio", { name: "All settings" }).check();
      const closed = page.locator(".group:not([open]) > summary");
      while ((await closed.count()) > 0) await closed.first().click();
      await withoutBarriers(page);
      await show(page, "values.yaml");
      await page.locator(".cm-content").waitFor();
      await withoutBarriers(page);
      await picture(page, `values-${theme}`);
      await page.getByRole("button", { name: "Share" }).click();
      await page.getByRole("textbox", { name: "Link" }).waitFor();
      await withoutBarriers(page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Import" }).click();
      await page.getByRole("textbox", { name: "Text" }).waitFor();
      await withoutBarriers(page);
    }, { colorScheme: theme });
  }

  story("no two fields are called the same, and groups are called something", async (page) => {
    await page.getByRole("radio", { name: "All settings" }).check();
    const closed = page.locator(".group:not([open]) > summary");
    while ((await closed.count()) > 0) await closed.first().click();
    await page.getByRole("group", { name: "Starting points" }).waitFor();
    const names = await page.locator(".field [aria-label]").evaluateAll((all) => all.map((one) => one.ariaLabel));
    assert.ok(names.length > 400);
    assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
    assert.ok(names.includes("Services › Client › Name"));
  });

  story("colours can be chosen against the system, and are remembered", async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByLabel("Colours").selectOption("dark");
    assert.notEqual(await ground(), light);
    await page.reload();
    await ready(page);
    assert.notEqual(await ground(), light);
  });

  story("on a wide screen form and text stand side by side, and a finding leads into both", async (page) => {
    await page.locator(".cm-content").click();
    await page.keyboard.insertText("labels: {}\nreplicas: three\n");
    await settled(page);
    assert.equal(await replicas(page).inputValue(), "three");
    await findings(page).getByRole("button").first().click();
    await page.waitForFunction(() => document.querySelector('[id="set/replicas"]') === document.activeElement);
    await page.locator(".cm-activeLine", { hasText: "replicas: three" }).waitFor();
    await replicas(page).fill("5");
    await settled(page);
    await page.locator(".cm-line", { hasText: "replicas: 5" }).waitFor();
    await withoutBarriers(page);
    await picture(page, "wide");
  }, { viewport: { width: 1700, height: 1000 } });

  story("on a phone findings are in sight, and counted where the other half is open", async (page) => {
    await replicas(page).fill("three");
    await settled(page);
    await page.evaluate(() => scrollTo(0, 0));
    assert.ok(await findings(page).getByText("1 error").evaluate((tally) => tally.getBoundingClientRect().bottom < innerHeight));
    await page.getByRole("button", { name: "What comes of it" }).click();
    await page.getByRole("button", { name: "What you decide 1 error" }).waitFor();
  }, { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });

  for (const [width, height] of [[320, 640], [390, 844]]) {
    story(`on a phone of ${width} pixels the header takes a line, and the release is asked for, unless it is wrong`, async (page) => {
      const header = page.locator("header");
      const isCompact = async () => (await header.boundingBox()).height < height / 10;
      const name = page.getByLabel("Release name");
      const more = page.getByRole("button", { name: "More", exact: true });
      assert.ok(await isCompact());
      assert.ok(!(await name.isVisible()));
      for (const action of ["Undo", "Redo", "Import", "Share"]) await header.getByRole("button", { name: action }).waitFor();
      await withoutBarriers(page);
      await picture(page, `phone-${width}`);
      for (const hop of ["Skip to the preview", "More"]) {
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.textContent), hop);
      }
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.ok(await hasFocus(name));
      assert.ok(await page.getByLabel("Colours").isVisible());
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      await withoutBarriers(page);
      await picture(page, `phone-${width}-more`);
      await name.fill("RQ");
      await settled(page);
      await more.click();
      assert.equal(await more.getAttribute("aria-expanded"), "true");
      await findings(page).getByRole("button").first().click();
      assert.ok(await hasFocus(name));
      await name.fill("rqdb");
      await settled(page);
      assert.ok(await hasFocus(name));
      await more.click();
      assert.ok(await isCompact());
    }, { viewport: { width, height }, hasTouch: true, isMobile: true });
  }

  story("on a phone of 320 pixels nothing is wider than the screen", async (page) => {
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(await width(), 320);
    await withoutBarriers(page);
    await picture(page, "phone-form");
    await replicas(page).fill("4");
    await page.getByRole("button", { name: "What comes of it" }).click();
    for (const view of ["Picture", "Manifests", "Changes", "Use it"]) {
      await look(page, view);
      assert.equal(await width(), 320, view);
      await fits(page, view);
    }
    // Elsewhere the bar at the bottom covers a part of what is about to be scrolled into sight.
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await withoutBarriers(page);
    await show(page, "Picture");
    await picture(page, "phone-picture");
  }, { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });

  story("what is said once more is there for its full time again", async (page) => {
    await page.clock.install();
    await look(page, "Use it");
    const copy = page.locator(".command").first().getByRole("button");
    const notice = page.locator(".banner.notice", { hasText: "Copied" });
    await copy.click();
    await notice.waitFor();
    await page.clock.fastForward(8000);
    await copy.click();
    await page.evaluate(() => navigator.clipboard.readText()); // it is copied, and said
    await page.clock.fastForward(8000);
    assert.equal(await notice.count(), 1);
    await page.clock.fastForward(8000);
    await notice.waitFor({ state: "detached" });
  });

  story("the picture is a file, and text", async (page) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download the picture" }).click()]);
    const svg = readFileSync((await download.path()) ?? "", "utf8");
    assert.match(svg, /^<svg .*rqlite-2/s);
    await page.getByText("The same as text").click();
    assert.equal(await page.locator("tbody tr").count(), 3);
  });

  story("the picture of the dark theme has its ground", async (page) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download the picture" }).click()]);
    const ground = await page.locator(".right-pane").evaluate((pane) => getComputedStyle(pane).backgroundColor);
    const svg = readFileSync((await download.path()) ?? "", "utf8");
    assert.ok(svg.includes(`><rect width="100%" height="100%" fill="${ground}"`), svg.slice(0, 300));
  }, { colorScheme: "dark" });

  story("the picture can be read whatever is in it", async (page) => {
    const panel = await page.locator(".drawing").evaluate((drawing) => drawing.clientWidth);
    for (const [values, isWider] of [["replicas: 1\n", false], ["replicas: 5\nantiAffinity: { zone: hard }\n", true], ["replicas: 300\n", false]]) {
      await importText(page, values);
      const { scale, inner } = await page.locator(".drawing").evaluate((drawing) => {
        const svg = drawing.querySelector("svg");
        return { scale: svg.getBoundingClientRect().width / svg.viewBox.baseVal.width, inner: drawing.scrollWidth };
      });
      assert.ok(scale > 0.89 && scale < 1.01, `${values}: ${scale}`);
      assert.equal(inner > panel, isWider, values);
      await fits(page, "Picture");
    }
  });
});

describe("where it is hard", () => {
  story("without a network after the first visit", async (page, { context }) => {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await ready(page);
    await context.setOffline(true);
    await page.reload();
    await ready(page);
    await replicas(page).fill("5");
    await settled(page);
    assert.equal(await page.locator(".pod").count(), 5);
    await show(page, "values.yaml");
    await page.locator(".cm-content").waitFor();
    await context.setOffline(false);
  });

  story("a part that cannot be loaded is said to be one, and is there when it is opened again", async (_page, { browser, url }) => {
    // Where nothing is kept.
    const context = await browser.newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    await context.route(/assets\/later-/, (route) => route.abort());
    await page.goto(url);
    await ready(page);
    const notice = page.locator(".banner.notice", { hasText: "This part could not be loaded." });
    await page.getByRole("button", { name: "Download the picture" }).click();
    await notice.getByRole("button", { name: "Close" }).click();
    await show(page, "Use it");
    await page.getByText("This part could not be loaded. Open it again when there is a network.").waitFor();
    await page.getByRole("button", { name: "Share" }).click();
    await notice.waitFor();
    await context.unrouteAll();
    await show(page, "Picture");
    await look(page, "Use it");
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("textbox", { name: "Link" }).waitFor();
    await context.close();
  });

  story("markup in every string is text", async (page) => {
    const evil = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>`;
    const quoted = JSON.stringify(evil);
    await importText(
      page,
      `${quoted}: ${quoted}\nstorage: { size: ${quoted}, storageClassName: ${quoted} }\npodAnnotations: { a: ${quoted} }\nimage: { tag: ${quoted} }\n`,
    );
    const isText = async (view) => {
      assert.equal(await page.locator("img, main script").count(), 0, view);
      assert.equal(await page.evaluate(() => window.hit), undefined, view);
    };
    const all = async (shown) => {
      for (const view of Object.keys(SHOWN)) {
        await look(page, view, shown[view]);
        await isText(view);
      }
    };
    await all({ ...SHOWN, Simulate: ".simulate", Changes: ".changes .banner" });
    await importText(page, `podAnnotations: { a: ${quoted} }\n`);
    await all({ ...SHOWN, Manifests: ".line:has-text('onerror')", Changes: ".changes:has(.plan .outcome) .line:has-text('onerror')" });
    await valuesText(page);
    await isText("values.yaml");
  });

  story("300 replicas", async (page) => {
    await replicas(page).fill("300");
    await settled(page);
    assert.equal(await page.locator(".pod").count(), 300);
    assert.equal(await page.locator('.pod[tabindex="0"]').count(), 1);
    await page.locator('.pod[tabindex="0"]').focus();
    await page.keyboard.press("End");
    await page.getByText(/rqlite-299/).first().waitFor();
    await withoutBarriers(page);
    await picture(page, "replicas-300");
  });

  story("a values file of 2,000 lines is typed in", async (page) => {
    const entries = Array.from({ length: 1990 }, (_, index) => `  key-${index}: value # of many`);
    await importText(page, `replicas: 3\npodAnnotations:\n${entries.join("\n")}\n`);
    await show(page, "values.yaml");
    await page.locator(".cm-content").click();
    await page.keyboard.type("# typed");
    await settled(page);
    assert.match(await valuesText(page), /# typed/);
  });

  story("ten megabytes are refused, and what was there stays", async (page) => {
    await importText(page, "replicas: 5\n");
    await page.getByRole("button", { name: "Import" }).click();
    await page.getByLabel("Choose a file").setInputFiles({ name: "huge.yaml", mimeType: "text/plain", buffer: Buffer.alloc(10_000_000, "a: b\n") });
    await page.getByRole("dialog").getByText("nothing was changed").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await valuesText(page), "replicas: 5\n");
  });

  story("a text that this browser does not keep is said to be one, and ten pasted megabytes go away again", async (page) => {
    await valuesText(page);
    await page.locator(".cm-content").click();
    await page.keyboard.insertText(`# ${"x".repeat(10_000_000)}\n`);
    await page.getByText("This browser keeps nothing of this").waitFor({ timeout: 60_000 });
    await page.keyboard.press("Control+z");
    await page.getByText("This browser keeps nothing of this").waitFor({ state: "detached", timeout: 60_000 });
    await settled(page);
    assert.equal(await valuesText(page), "");
  });

  story("a panic of the engine is said, and what was typed is still there", async (page) => {
    await replicas(page).fill("5");
    await settled(page);
    // No input is known to make it panic: the worker says what it says then.
    await page.workers()[0]?.evaluate(() => self.postMessage({ id: null, broken: "panicked at src/lib.rs" }));
    await page.getByText("The engine failed and was started again.").waitFor();
    await page.getByRole("link", { name: "Report it" }).waitFor();
    await replicas(page).fill("7");
    await settled(page);
    assert.equal(await page.locator(".pod").count(), 7);
    assert.equal(await valuesText(page), "replicas: 7\n");
  });

  story("without WebAssembly the page says what is missing", async (page, { context, url }) => {
    const other = await context.newPage();
    await other.addInitScript(() => {
      delete globalThis.WebAssembly;
    });
    await other.goto(url);
    await other.getByText("This page needs WebAssembly").first().waitFor();
  });
});

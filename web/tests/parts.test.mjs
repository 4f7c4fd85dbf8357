// The parts that need no browser: history, parts of JSON, the schema as a form, places in the picture, colours of YAML.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it, mock } from "node:test";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

let vite;
const load = (path) => vite.ssrLoadModule(`/src/${path}`);

before(async () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  vite = await createServer({ root, configFile: false, logLevel: "error", server: { middlewareMode: true, ws: false, watch: null }, optimizeDeps: { noDiscovery: true } });
});
after(() => vite.close());

describe("history", () => {
  it("goes back and forth, and a new change ends what was undone", async () => {
    const { begin, change, redo, undo } = await load("state/history.ts");
    let history = change(change(begin("a"), "b", "", 0), "c", "", 5000);
    history = undo(history);
    assert.equal(history.present, "b");
    assert.equal(redo(history).present, "c");
    history = change(history, "d", "", 9000);
    assert.equal(redo(history).present, "d");
    assert.equal(undo(undo(undo(history))).present, "a");
  });

  it("takes typing in one place without a pause as one step", async () => {
    const { begin, change, undo } = await load("state/history.ts");
    let history = begin("");
    for (const [time, text] of [[0, "r"], [200, "re"], [400, "rep"]]) history = change(history, text, "text", time);
    assert.equal(undo(history).present, "");
    history = change(history, "repl", "text", 5000);
    assert.equal(undo(history).present, "rep");
    assert.equal(undo(change(history, "x", "form:/a", 5001)).present, "repl");
    // Whoever types on and on does not lose all of it with one key.
    for (let time = 5500; time < 40_000; time += 500) history = change(history, `${time}`, "text", time);
    assert.ok(Number(undo(history).present) > 5000);
  });
});

describe("JSON", () => {
  it("is reached by pointers, and never what a prototype has", async () => {
    const { at, keys, pointer } = await load("state/json.ts");
    const value = { "a/b": [{ "~": 1 }] };
    assert.equal(at(value, pointer(["a/b", 0, "~"])), 1);
    assert.deepEqual(keys("/a~1b/0/~0"), ["a/b", "0", "~"]);
    assert.equal(at(value, "/constructor"), undefined);
    assert.equal(at(value, "/a~1b/1/x"), undefined);
  });

  it("keeps the parts that are equal", async () => {
    const { keep } = await load("state/json.ts");
    const old = { a: { b: [1, 2] }, c: 1 };
    assert.equal(keep(old, structuredClone(old)), old);
    const fresh = keep(old, { a: { b: [1, 2] }, c: 2 });
    assert.notEqual(fresh, old);
    assert.equal(fresh.a, old.a);
    assert.equal(fresh.c, 2);
    assert.deepEqual(keep({ a: 1, b: 2 }, { a: 1 }), { a: 1 });
    assert.deepEqual(keep([1], { 0: 1 }), { 0: 1 });
  });
});

describe("the form", () => {
  const schema = JSON.parse(readFileSync(new URL("../../chart/values.schema.json", import.meta.url), "utf8"));

  it("has an editor for every setting of the schema", async () => {
    const { leaves, Reader } = await load("form/schema.ts");
    const all = leaves(new Reader(schema).settings());
    assert.ok(all.length > 200);
    const byPath = new Map(all.map((setting) => [setting.path, setting]));
    assert.equal(byPath.get("/replicas").kind, "integer");
    assert.equal(byPath.get("/formation").options.length, 2);
    assert.equal(byPath.get("/storage/size").kind, "text");
    assert.equal(byPath.get("/labels").kind, "map");
    const users = byPath.get("/auth/users");
    assert.equal(users.item.kind, "object");
    assert.ok(users.item.children.find((child) => child.key === "password").isSecret);
    // What has no editor must be something that the schema leaves open.
    const free = all.filter((setting) => setting.kind === "free").map((setting) => setting.path);
    assert.ok(free.length < all.length / 20, free.join(", "));
    for (const setting of all) assert.ok(setting.title !== "" && setting.path !== "", setting.path);
  });

  it("names a setting as people read it", async () => {
    const { titleOf } = await load("form/schema.ts");
    assert.equal(titleOf("storageClassName"), "Storage class name");
    assert.equal(titleOf("ephemeral-storage"), "Ephemeral storage");
    assert.equal(titleOf("targetCPUUtilizationPercentage"), "Target CPU utilization percentage");
    assert.equal(titleOf("externalIPs"), "External IPs");
    assert.equal(titleOf("users-and-tls"), "Users and TLS");
  });
});

const pod = (ordinal) => ({ name: `rqdb-${ordinal}`, ordinal, role: "voter", seed: false, mayFound: false, node: `n${ordinal}`, zone: "abc"[ordinal % 3], volumes: [] });

const service = (_, at) => ({ name: `rqdb-${at}`, type: "ClusterIP", ports: [{ name: "http", port: 4001 }], selects: "voters" });
const isIn = (box, around) =>
  box.x >= around.x && box.y >= around.y && box.x + box.width <= around.x + around.width && box.y + box.height <= around.y + around.height;
const isOver = (box, other) =>
  other !== box && other.x < box.x + box.width && box.x < other.x + other.width && other.y < box.y + box.height && box.y < other.y + other.height;

describe("the picture", () => {
  const spread = { host: "hard", zone: "soft" };
  const set = (name, count) => ({ role: name, name, formation: "ordered", pods: Array.from({ length: count }, (_, at) => ({ ...pod(at), name: `${name}-${at}` })), budget: null, spread });
  /** Each reader is on the node of a voter. */
  const picture = (voters, readers = 0, services = 1) => ({
    sets: [set("voters", voters), set("readers", readers)],
    services: Array.from({ length: services }, service),
    budget: null,
    spread,
  });

  it("puts every pod onto its node, in its zone, and nothing over anything else of its kind", async () => {
    const { layOut } = await load("picture/layout.ts");
    for (const counts of [[0], [1], [3], [5], [23], [24], [300], [3, 2, 6], [15, 9, 6], [5, 5, 4], [3, 0, 9]]) {
      const layout = layOut(picture(...counts));
      const { pods, nodes, zones, services, width, height } = layout;
      assert.equal(pods.length, counts[0] + (counts[1] ?? 0));
      assert.equal(services.length, counts[2] ?? 1);
      for (const { pod: { name, node, zone }, ...box } of pods) {
        const on = nodes.filter((one) => one.name === node);
        assert.equal(on.length, 1, `${counts}: ${node}`);
        assert.ok(isIn(box, on[0]) && isIn(on[0], zones.find((one) => one.name === zone)), `${counts}: ${name}`);
      }
      const all = [pods, nodes, [...zones, ...services]];
      for (const boxes of all) for (const box of boxes) {
        assert.ok(isIn(box, { x: 0, y: 0, width, height }), `${counts}: ${JSON.stringify(box)}`);
        assert.ok(!boxes.some((other) => isOver(box, other)), `${counts}: ${JSON.stringify(box)}`);
      }
    }
  });
});

describe("colours", () => {
  it("leave every character of a line where it was", async () => {
    const { tokens } = await load("preview/tokens.ts");
    const lines = ["", "---", "# a: b", "a: b", "- name: x", "  a.b/c: \"d: e\"", "key:", "- - 1", "a: {b: c}", "  http://x: y", "\"a b\": 'c'", "  - \"--flag=a: b\""];
    for (const line of lines) assert.equal(tokens(line).map((token) => token.text).join(""), line);
    assert.deepEqual(tokens("replicas: 3").map((token) => token.kind), ["key", "plain", "number"]);
  });
});

/** Channels by which a test answers at once: real ones take a moment, and keep node from ending. */
class Channel {
  static open = new Map();

  constructor(name) {
    this.name = name;
    Channel.open.set(name, this);
  }

  addEventListener(_type, listener) {
    this.hear = listener;
  }

  close() {
    Channel.open.delete(this.name);
  }
}

/** Workers that answer when they are told to. */
async function lane() {
  Channel.open.clear();
  globalThis.BroadcastChannel = Channel;
  const { Broken, Lane, Late, Missing } = await load("engine/client.ts");
  const [workers, gone] = [[], []];
  const make = () => {
    const listeners = {};
    const channel = `channel ${workers.length}`;
    const worker = {
      sent: [],
      isEnded: false,
      addEventListener: (type, listener) => (listeners[type] = listener),
      postMessage: (question) => worker.sent.push(question),
      terminate: () => (worker.isEnded = true),
      say: (data) => listeners.message({ data }),
      begin: () => worker.say({ ready: channel }),
      reply: (data) => Channel.open.get(channel)?.hear({ data }),
      answer: (answer) => worker.reply({ id: worker.sent.at(-1).id, answer: JSON.stringify(answer) }),
    };
    workers.push(worker);
    return worker;
  };
  const made = new Lane(make, () => undefined, (why) => gone.push(why));
  const ask = (call, request = {}) => made.ask(call, request).then((answer) => answer, (error) => error);
  return { ask, workers, gone, Broken, Late, Missing };
}

describe("a worker's lane", () => {
  it("asks one question after the other, and drops the answer to one that is late", async () => {
    const { ask, workers, Late } = await lane();
    const [first, second, third] = [ask("preview", 1), ask("preview", 2), ask("preview", 3)];
    const [worker] = workers;
    assert.equal(worker.sent.length, 0);
    worker.begin();
    assert.deepEqual(worker.sent.map(({ request }) => request), ["3"]);
    assert.ok((await first) instanceof Late && (await second) instanceof Late);
    const fourth = ask("preview", 4);
    assert.equal(worker.sent.length, 1);
    worker.answer("third");
    assert.ok((await third) instanceof Late);
    worker.answer("fourth");
    assert.equal(await fourth, "fourth");
  });

  it("answers questions that are not about the same one after the other, each", async () => {
    const { ask, workers } = await lane();
    const [first, second] = [ask("edit", 1), ask("edit", 2)];
    workers[0].begin();
    workers[0].answer("a");
    workers[0].answer("b");
    assert.deepEqual([await first, await second], ["a", "b"]);
  });

  it("starts again when it breaks, and goes on with what waits", async () => {
    const { ask, workers, gone, Broken } = await lane();
    const [first, second] = [ask("edit", 1), ask("edit", 2)];
    workers[0].begin();
    workers[0].reply({ id: null, broken: "panicked" });
    assert.ok((await first) instanceof Broken);
    assert.ok(workers[0].isEnded);
    workers[1].begin();
    assert.deepEqual([...Channel.open.keys()], ["channel 1"]);
    workers[1].answer("b");
    assert.equal(await second, "b");
    assert.deepEqual(gone, []);
  });

  it("is given up when it breaks each time, and not for those in between that answered", async () => {
    const { ask, workers, gone, Missing } = await lane();
    const breakOnce = async () => {
      const asked = ask("edit");
      const worker = workers.at(-1);
      worker.begin();
      worker.reply({ id: null, broken: "panicked" });
      return asked;
    };
    for (let count = 0; count < 19; count += 1) await breakOnce();
    const answered = ask("edit");
    workers.at(-1).begin();
    workers.at(-1).answer("a");
    assert.equal(await answered, "a");
    for (let count = 0; count < 19; count += 1) await breakOnce();
    assert.deepEqual(gone, []);
    const [last, waiting] = [ask("edit"), ask("edit")];
    workers.at(-1).begin();
    workers.at(-1).reply({ id: null, broken: "panicked" });
    assert.ok((await last) instanceof Missing && (await waiting) instanceof Missing);
    assert.deepEqual(gone, ["panicked"]);
  });

  it("gives up a question that keeps a later one waiting for too long, and no other", async () => {
    const { ask, workers, Late } = await lane();
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const first = ask("preview", 1);
      workers[0].begin();
      const second = ask("preview", 2);
      mock.timers.tick(2000);
      assert.ok(!workers[0].isEnded);
      mock.timers.tick(1000);
      assert.ok((await first) instanceof Late);
      assert.ok(workers[0].isEnded);
      workers[1].begin();
      const third = ask("preview", 3);
      workers[1].answer("second");
      assert.ok((await second) instanceof Late);
      mock.timers.tick(3000);
      assert.ok(!workers[1].isEnded);
      workers[1].answer("third");
      assert.equal(await third, "third");
    } finally {
      mock.timers.reset();
    }
  });

  it("that cannot be loaded refuses what was asked, and tries anew with the next question", async () => {
    const { ask, workers, Missing } = await lane();
    const first = ask("plan");
    workers[0].say({ id: null, broken: "Failed to fetch" });
    assert.ok((await first) instanceof Missing);
    const second = ask("plan");
    assert.equal(workers.length, 2);
    workers[1].begin();
    workers[1].answer("plan");
    assert.equal(await second, "plan");
  });

  it("reads the texts of files from behind the JSON", async () => {
    const { read } = await load("engine/calls.ts");
    const preview = { files: [{ name: "a", text: "" }, { name: "b", text: "" }] };
    const files = [{ name: "a", text: "x: 1\n" }, { name: "b", text: "y: é\n" }];
    assert.deepEqual(read(`${JSON.stringify(preview)}\0x: 1\n\0y: é\n`), { files });
    assert.deepEqual(read(`${JSON.stringify({ text: "t", preview })}\0x: 1\n\0y: é\n`), { text: "t", preview: { files } });
    assert.deepEqual(read('{"text":"t","preview":null}'), { text: "t", preview: null });
  });
});

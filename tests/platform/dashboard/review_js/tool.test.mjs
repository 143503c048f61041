import assert from "node:assert/strict";
import { test } from "node:test";

const scripts = process.env.REVIEW_SCRIPTS;
const { Tool } = await import(`${scripts}/tool.js`);
const { begun } = await import(`${scripts}/trail.js`);

// What a browser has and Node has not.
const pages = [];
globalThis.history = { pushState: (_state, _title, address) => pages.push(address) };
globalThis.location = { assign: (address) => pages.push(address) };
globalThis.Image = class {};

const LABELS = [{ id: "a", name: "cat" }, { id: "b", name: "dog" }];
const BOX = { kind: "rectangles", label: "a", name: "cat", score: 0.5, geometry: { x: 1, y: 1, w: 4, h: 4 } };

function sheetOf(id, more = {}) {
  const told = { id, name: `${id}.png`, image: "", width: 64, height: 48, state: "TO_REVIEW" };
  const rest = { since: null, newer: null, older: null, left_out: {}, scores: {} };
  return { ...told, ...rest, start: "champion", starts: { champion: [BOX] }, ...more };
}

// A tool whose page is remembered instead of drawn; each save is answered when the test says so.
function table({ type = "OBJECT_DETECTION", sheets = {}, first = sheetOf("1", { older: "2" }) } = {}) {
  const [said, troubles, sent, kept] = [[], [], [], new Map()];
  const saved = [];
  const platform = {
    sheet: async (id) => sheets[id] ?? sheetOf(id),
    foresee: async () => null,
    forget: () => {},
    save: (id, _base, what) => new Promise((answer) => {
      sent.push({ id, ...what });
      saved.push(answer);
    }),
  };
  const drafts = {
    find: (id) => kept.get(id) ?? null,
    keep: (id, draft) => !!kept.set(id, draft),
    drop: (id) => kept.delete(id),
  };
  const nothing = () => {};
  const root = { focus: nothing };
  const canvas = { screen: { width: 640, height: 480 }, show: nothing, draw: nothing, element: () => null, root };
  const list = { draw: nothing, clear: nothing };
  const screen = {
    opened: nothing, offerDraft: nothing, busy: nothing, draw: nothing, settled: nothing,
    say: (words) => said.push(words),
    trouble: (words, ways = []) => troubles.push({ words, ways }),
  };
  const setup = { base: "/base", query: "", end: "/end", type, labels: LABELS, may_write: true };
  const tool = new Tool({ setup, platform, drafts, canvas, list, screen });
  tool.open(first, begun(first.id, { at: 1, number: 2, exact: true }));
  const answer = async (found) => {
    saved.shift()(found);
    await new Promise((later) => setImmediate(later));
  };
  return { tool, said, troubles, sent, kept, answer };
}

const SAVED = { outcome: "saved", since: "r1", is_new: true, waiting: { number: 1, told: "1" } };

test("accepting sends what is shown once, however often the key is pressed, and goes on", async () => {
  const { tool, sent, answer } = table();
  for (let press = 0; press < 3; press++) tool.accept();
  const said = { rectangles: [{ x: 1, y: 1, w: 4, h: 4, label_id: "a" }] };
  assert.deepEqual(sent, [{ id: "1", review: said, since: null }]);
  await answer(SAVED);
  assert.equal(tool.sheet.id, "2");
});

test("nothing is changed while what is on screen is on its way", async () => {
  const { tool, sent, answer } = table();
  tool.accept();
  tool.remove();
  tool.newBox();
  assert.equal(tool.state().shapes.length, sent[0].review.rectangles.length);
  await answer(SAVED);
});

test("an answer that comes after another image was opened leaves that image alone", async () => {
  const { tool, said, kept, answer } = table();
  tool.newBox();
  tool.accept();
  await tool.goTo("9", { push: false });
  await answer(SAVED);
  assert.deepEqual([tool.sheet.id, tool.sheet.state, tool.state().shapes.length], ["9", "TO_REVIEW", 1]);
  assert.equal(kept.size, 0);
  assert.equal(said.at(-1), "Saved 1.png.");
});

test("work that was not saved is kept as a draft, whichever image is on screen by then", async () => {
  const { tool, troubles, kept, answer } = table();
  tool.newBox();
  tool.accept();
  await tool.goTo("9", { push: false });
  await answer({ outcome: "failed", words: "No network." });
  assert.equal(kept.get("1").shapes.length, 2);
  assert.match(troubles[0].words, /1\.png was not saved, its draft is kept/);
});

test("a failure keeps the work on screen, and saving again follows the same review", async () => {
  const { tool, troubles, sent, answer } = table();
  tool.newBox();
  tool.accept();
  await answer({ outcome: "failed", words: "No network." });
  assert.deepEqual([tool.sheet.id, tool.state().shapes.length], ["1", 2]);
  troubles[0].ways[0][1]();
  assert.deepEqual(sent[1], sent[0]);
});

test("who was overtaken may record a review that follows the one of the other", async () => {
  const { tool, troubles, sent, answer } = table();
  tool.newBox();
  tool.accept();
  await answer({ outcome: "meanwhile", words: "Ann did.", since: "r7" });
  assert.equal(tool.sheet.id, "1");
  troubles[0].ways[0][1]();
  assert.equal(sent[1].since, "r7");
});

test("an image that was reviewed so already is not reviewed again by going past it", async () => {
  const first = sheetOf("1", { older: "2", since: "r1", start: "review", starts: { champion: [], review: [BOX] } });
  const { tool, sent } = table({ first });
  await tool.accept();
  assert.deepEqual([sent, tool.sheet.id], [[], "2"]);
});

test("a shape whose label is unknown is selected instead of sent", async () => {
  const first = sheetOf("1", { starts: { champion: [{ ...BOX, label: "", name: "7" }] } });
  const { tool, said, sent } = table({ first });
  await tool.accept();
  assert.deepEqual([sent.length, tool.chosen().name], [0, "7"]);
  assert.match(said.at(-1), /no label of this deployment/);
});

test("a submitted image is neither changed nor sent", async () => {
  const { tool, said, sent } = table({ first: sheetOf("1", { state: "SUBMITTED" }) });
  tool.newBox();
  tool.label("b");
  await tool.accept();
  assert.deepEqual([sent.length, tool.state().shapes.length], [0, 1]);
  assert.match(said.at(-1), /cannot be changed any more/);
});

test("after the last image comes the page that submits", async () => {
  const { tool, answer } = table({ first: sheetOf("1") });
  tool.accept();
  await answer(SAVED);
  assert.equal(pages.at(-1), "/end");
});

test("a box that is copied can be pasted on the next image, inside it", async () => {
  const { tool } = table({ sheets: { 2: sheetOf("2", { width: 3, height: 3, starts: { champion: [] } }) } });
  tool.select(1);
  tool.copy();
  await tool.go("next");
  tool.paste();
  assert.deepEqual(tool.state().shapes.map(({ geometry }) => geometry), [{ x: 1, y: 1, w: 2, h: 2 }]);
});

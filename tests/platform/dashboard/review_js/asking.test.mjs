import assert from "node:assert/strict";
import { test } from "node:test";

const { SHORTCUTS, command, labelKeys } = await import(`${process.env.REVIEW_SCRIPTS}/keys.js`);
const { Drafts, Platform, verdict } = await import(`${process.env.REVIEW_SCRIPTS}/saving.js`);
const { begun, nextOf, previousOf, stepped, told } = await import(`${process.env.REVIEW_SCRIPTS}/trail.js`);

const named = (...names) => names.map((name) => ({ id: `id-${name}`, name }));
const PLAIN = { labels: labelKeys(named("cat", "dog")), selected: false };

test("labels have the keys 1 to 9 in their order", () => {
  const many = labelKeys(named(..."abcdefghijkl"));
  assert.deepEqual([...many.keys()], [..."123456789"]);
  assert.equal(many.get("2"), "id-b");
});

test("labels that are digits have themselves as keys", () => {
  const digits = labelKeys(named(..."0123456789"));
  assert.equal(digits.get("0"), "id-0");
  assert.equal(digits.get("7"), "id-7");
});

test("arrows go from image to image, and move a shape once one is selected", () => {
  assert.deepEqual(command({ key: "ArrowRight" }, PLAIN), { does: "next" });
  assert.deepEqual(command({ key: "ArrowLeft" }, PLAIN), { does: "previous" });
  const selected = { ...PLAIN, selected: true };
  assert.deepEqual(command({ key: "ArrowRight" }, selected), { does: "move", dx: 1, dy: 0 });
  assert.deepEqual(command({ key: "ArrowUp", shift: true }, selected), { does: "move", dx: 0, dy: -10 });
  assert.deepEqual(command({ key: "ArrowDown", alt: true }, selected), { does: "resize", dx: 0, dy: 1 });
  const far = command({ key: "ArrowLeft", ctrl: true, shift: true }, selected);
  assert.deepEqual(far, { does: "resize", dx: -10, dy: 0 });
});

test("letters work in capitals too, and keys of the browser stay its own", () => {
  assert.deepEqual(command({ key: "A", shift: false }, PLAIN), { does: "accept" });
  assert.deepEqual(command({ key: "z", ctrl: true }, PLAIN), { does: "undo" });
  assert.deepEqual(command({ key: "Z", meta: true, shift: true }, PLAIN), { does: "redo" });
  assert.deepEqual(command({ key: "U", shift: true }, PLAIN), { does: "redo" });
  const others = [{ key: "r", ctrl: true }, { key: "f", ctrl: true }, { key: "ArrowRight", alt: true }, { key: "Tab" }];
  for (const press of others) assert.equal(command(press, PLAIN), null);
});

test("every key of the dialog does something", () => {
  const pressed = { "→": "ArrowRight", "←": "ArrowLeft", "−": "-", Esc: "Escape" };
  for (const { keys } of SHORTCUTS) {
    for (const key of keys.filter((name) => !name.includes("+ ") && name !== "labels" && name !== "Arrows")) {
      assert.ok(command({ key: pressed[key] ?? key }, PLAIN), key);
    }
  }
});

test("an answer is told by what it means for the work on screen", () => {
  const outcomes = [
    [{ status: 200, told: { since: "x", is_new: true } }, "saved"],
    [{ status: 200, redirected: true }, "session"],
    [{ status: 403 }, "session"],
    [{ status: 409, told: { reason: "meanwhile", message: "Ann did." } }, "meanwhile"],
    [{ status: 409, told: { message: "It is submitted." } }, "refused"],
    [{ status: 400, told: { message: "Outside.", detail: [] } }, "refused"],
    [{ status: 413 }, "refused"],
    [{ status: 429 }, "failed"],
    [{ status: 500 }, "failed"],
    [{ status: 200, told: null }, "failed"],
  ];
  for (const [answer, outcome] of outcomes) {
    const found = verdict(answer);
    assert.equal(found.outcome, outcome, JSON.stringify(answer));
    if (outcome !== "saved") assert.ok(found.words.length > 5);
  }
});

function platform(answers) {
  const asked = [];
  const fetch = async (address, wanted) => {
    asked.push({ address, ...wanted });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return { ok: answer.status < 400, redirected: false, json: async () => answer.told, ...answer };
  };
  return { asked, made: new Platform({ fetch, csrf: "old", renew: async () => "new", query: "?state=TO_REVIEW" }) };
}

test("a lost answer is no loss: the same review is sent again and follows the same one", async () => {
  const { asked, made } = platform([new TypeError("network"), { status: 200, told: { since: "r2", is_new: false } }]);
  const wanted = { review: { rectangles: [] }, since: "r1" };
  assert.equal((await made.save("7", "/base", wanted)).outcome, "failed");
  assert.equal((await made.save("7", "/base", wanted)).outcome, "saved");
  const sent = asked.map(async ({ body }) => [body.get("since"), await body.get("shapes").text()]);
  const [first, second] = await Promise.all(sent);
  assert.deepEqual(first, ["r1", '{"rectangles":[]}']);
  assert.deepEqual(second, first);
  assert.equal(asked[0].address, "/base/7?state=TO_REVIEW");
  assert.equal(asked[0].headers["X-CSRF-Token"], "old");
});

test("after signing in again, the review is sent once more with the new session's secret", async () => {
  const { asked, made } = platform([{ status: 403, told: null }, { status: 200, told: { since: "r" } }]);
  assert.equal((await made.save("7", "/base", { review: {}, since: null })).outcome, "saved");
  assert.deepEqual(asked.map(({ headers }) => headers["X-CSRF-Token"]), ["old", "new"]);
});

test("without a new session nothing is sent again, and the work stays", async () => {
  const { asked, made } = platform([{ status: 200, redirected: true, told: null }]);
  made.renew = async () => null;
  assert.equal((await made.save("7", "/base", { review: {}, since: null })).outcome, "session");
  assert.equal(asked.length, 1);
});

test("a sheet that was loaded ahead is not asked for twice, and one that failed is asked for again", async () => {
  const found = (id) => ({ status: 200, told: { id } });
  const { asked, made } = platform([found("7"), { status: 500 }, found("8")]);
  await made.foresee("7", "/base");
  assert.equal((await made.sheet("7", "/base")).id, "7");
  await made.foresee("8", "/base");
  assert.equal((await made.sheet("8", "/base")).id, "8");
  assert.equal(asked.length, 3);
});

test("a draft that cannot be kept or read is no error", () => {
  const full = { getItem: () => "{", setItem: () => { throw new Error("full"); }, removeItem: () => {} };
  const drafts = new Drafts(full);
  assert.equal(drafts.find("1"), null);
  assert.equal(drafts.keep("1", {}), false);
});

test("the way back leads through what was seen, then on into the filter", () => {
  const start = begun("a", { at: 1, number: 3, exact: true });
  const second = stepped(start, "b");
  assert.equal(previousOf(second, { newer: "z" }), "a");
  const back = stepped(second, "a", { back: true });
  assert.equal(nextOf(back, { older: "x" }), "b");
  assert.equal(previousOf(back, { newer: "z" }), "z");
  assert.deepEqual(stepped(back, "z", { back: true }).ids, ["z", "a", "b"]);
});

test("progress counts from where the sitting began, whatever leaves the filter meanwhile", () => {
  let way = begun("a", { at: 1, number: 3, exact: true });
  assert.equal(told(way).words, "1 of 3");
  way = stepped(stepped(way, "b"), "c");
  assert.deepEqual(told(way), { words: "3 of 3", share: 1 });
  assert.equal(told(stepped(way, "d")).words, "3 in this filter");
  assert.deepEqual(told(begun("a", { at: 5, number: 1000, exact: false })), { words: "5 of 1,000+", share: null });
  assert.equal(told(begun("a", { at: null, number: 4, exact: true })).words, "4 in this filter");
});

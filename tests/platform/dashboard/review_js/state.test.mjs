import assert from "node:assert/strict";
import { test } from "node:test";

import { RUNS, box, chance } from "./chance.mjs";

const state = await import(`${process.env.REVIEW_SCRIPTS}/state.js`);
const { chosen, draft, isChanged, neighbour, opened, problems, reduce, review } = state;

const LABELS = [{ id: "a", name: "cat" }, { id: "b", name: "dog" }];
const SIZE = { width: 64, height: 48 };

function shape(random) {
  const label = random.pick(LABELS);
  return { kind: "rectangles", label: label.id, name: label.name, score: random.next(), geometry: box(random, SIZE) };
}

function sheet(random) {
  const some = () => Array.from({ length: random.whole(0, 4) }, () => shape(random));
  return { ...SIZE, id: "1", since: null, start: "champion", starts: { champion: some(), shadow: some() } };
}

function edit(random, state) {
  const key = state.shapes.length ? random.pick(state.shapes).key : 99;
  return random.pick([
    { type: "geometry", key, geometry: box(random, SIZE) },
    { type: "label", key, label: random.pick(LABELS) },
    { type: "remove", key },
    { type: "add", shape: shape(random) },
    { type: "duplicate", key },
    { type: "start", start: random.pick(["champion", "shadow"]) },
    { type: "select", key },
  ]);
}

function eachTime(check) {
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = chance(seed);
    check(random, opened(sheet(random)));
  }
}

function told(state) {
  return JSON.stringify(review(state));
}

test("undoing every edit leads back through every state, and redoing forth again", () => {
  eachTime((random, first) => {
    const seen = [first];
    for (let step = 0; step < 12; step++) {
      const after = reduce(seen.at(-1), edit(random, seen.at(-1)));
      if (after.past.length > seen.at(-1).past.length) seen.push(after);
      else seen[seen.length - 1] = { ...after };
    }
    let state = seen.at(-1);
    for (const before of seen.slice(0, -1).reverse()) {
      state = reduce(state, { type: "undo" });
      assert.equal(told(state), told(before));
    }
    for (const after of seen.slice(1)) {
      state = reduce(state, { type: "redo" });
      assert.equal(told(state), told(after));
    }
  });
});

test("every shape has a key of its own, and what is selected is there", () => {
  eachTime((random, first) => {
    let state = first;
    for (let step = 0; step < 20; step++) {
      state = reduce(state, random.next() < 0.2 ? { type: random.pick(["undo", "redo"]) } : edit(random, state));
      assert.equal(new Set(state.shapes.map(({ key }) => key)).size, state.shapes.length);
      assert.ok(state.selected === null || chosen(state), JSON.stringify(state));
    }
  });
});

test("an action on a shape that is gone changes nothing", () => {
  eachTime((_random, state) => {
    for (const type of ["select", "remove", "duplicate", "label", "geometry"]) {
      assert.equal(reduce(state, { type, key: 99, label: LABELS[0], geometry: {} }), state);
    }
  });
});

test("a drag is undone as one, and a second drag as another", () => {
  const random = chance(7);
  let state = reduce(opened(sheet(random)), { type: "add", shape: shape(random) });
  const { key } = chosen(state);
  const before = told(state);
  const dragged = (x, step) => ({ type: "geometry", key, geometry: { x, y: 0, w: 5, h: 5 }, step });
  for (const x of [1, 2, 3]) state = reduce(state, dragged(x, "one"));
  const between = told(state);
  for (const x of [4, 5]) state = reduce(state, dragged(x, "two"));
  state = reduce(state, { type: "undo" });
  assert.equal(told(state), between);
  assert.equal(told(reduce(state, { type: "undo" })), before);
});

test("an image is changed when what would be sent differs, and only then", () => {
  eachTime((random, first) => {
    assert.equal(isChanged(first), false);
    const added = reduce(first, { type: "add", shape: shape(random) });
    assert.equal(isChanged(added), true);
    assert.equal(isChanged(reduce(added, { type: "undo" })), false);
  });
});

test("what was never touched is sent as the model said it", () => {
  eachTime((_random, state) => {
    const said = state.sheet.starts.champion.map(({ label, geometry }) => ({ ...geometry, label_id: label }));
    assert.deepEqual(review(state).rectangles ?? [], said);
  });
});

test("a draft brings back the shapes it kept", () => {
  eachTime((random, first) => {
    const state = reduce(first, { type: "add", shape: shape(random) });
    const kept = JSON.parse(JSON.stringify(draft(state)));
    const again = reduce(opened(first.sheet), { type: "restore", shapes: kept.shapes });
    assert.equal(told(again), told(state));
  });
});

test("a shape whose label is none of the deployment's must be given one", () => {
  const start = { kind: "rectangles", label: "", name: "7", score: 0.5, geometry: { x: 0, y: 0, w: 1, h: 1 } };
  let state = opened({ ...SIZE, start: "champion", starts: { champion: [start] } });
  assert.equal(problems(state).length, 1);
  state = reduce(state, { type: "label", key: 1, label: LABELS[1] });
  assert.deepEqual([problems(state), state.shapes[0].name, state.shapes[0].score], [[], "dog", null]);
});

test("an image has one class, or none", () => {
  let state = opened({ ...SIZE, start: "champion", starts: { champion: [] } });
  for (const label of LABELS) state = reduce(state, { type: "classify", label });
  assert.deepEqual(review(state), { classifications: [{ label_id: "b" }] });
  assert.deepEqual(review(reduce(state, { type: "classify", label: null })), {});
});

test("going from shape to shape comes round to the first one", () => {
  eachTime((_random, first) => {
    let state = first;
    const seen = new Set();
    for (const _ of state.shapes) {
      state = reduce(state, { type: "select", key: neighbour(state, 1) });
      seen.add(state.selected);
    }
    assert.equal(seen.size, state.shapes.length);
    const back = neighbour(reduce(state, { type: "select", key: neighbour(state, -1) ?? 0 }), 1);
    assert.equal(back, state.selected);
  });
});

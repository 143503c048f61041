import assert from "node:assert/strict";
import { test } from "node:test";

import { RUNS, box, chance } from "./chance.mjs";

const scripts = process.env.REVIEW_SCRIPTS;
const geometry = await import(`${scripts}/geometry.js`);
const { fitted, panned, toImage, zoomed } = await import(`${scripts}/zoom.js`);
const { HANDLES, beside, boxBetween, brought, cornerMoved, extent, grips, moved, pulled, resized, told } = geometry;

function isInside({ x, y, w, h }, size) {
  const isWhole = [x, y, w, h].every(Number.isInteger) && w >= 1 && h >= 1;
  return isWhole && x >= 0 && y >= 0 && x + w <= size.width && y + h <= size.height;
}

function eachTime(check) {
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = chance(seed);
    const size = { width: random.whole(1, 500), height: random.whole(1, 500) };
    check(random, size, (far) => (random.next() - 0.5) * far);
  }
}

test("a box that is moved stays in the image and keeps its size", () => {
  eachTime((random, size, any) => {
    const before = box(random, size);
    const after = moved("rectangles", before, any(2000), any(2000), size);
    assert.ok(isInside(after, size), JSON.stringify({ before, after, size }));
    assert.deepEqual([after.w, after.h], [before.w, before.h]);
  });
});

test("a box that is resized stays in the image, and only the edges of its handle move", () => {
  eachTime((random, size, any) => {
    const before = box(random, size);
    const handle = random.pick(Object.keys(HANDLES));
    const after = resized(before, handle, any(2000), any(2000), size);
    assert.ok(isInside(after, size), JSON.stringify({ before, handle, after, size }));
    const [was, is] = [extent("rectangles", before), extent("rectangles", after)];
    for (const edge of ["left", "top", "right", "bottom"]) {
      if (!HANDLES[handle].includes(edge)) assert.equal(is[edge], was[edge]);
    }
  });
});

test("a box drawn between any two corners lies in the image", () => {
  eachTime((_random, size, any) => {
    const corners = [0, 1].map(() => ({ x: any(2000), y: any(2000) }));
    assert.ok(isInside(boxBetween(...corners, size), size));
    assert.deepEqual(boxBetween(...corners, size), boxBetween(corners[1], corners[0], size));
  });
});

test("a copy lies in the image, beside its original where there is room", () => {
  eachTime((random, size) => {
    const before = box(random, size);
    const after = beside("rectangles", before, size);
    assert.ok(isInside(after, size));
    const fills = before.w === size.width && before.h === size.height;
    if (!fills && before.w < size.width - 20 && before.h < size.height - 20) assert.notDeepEqual(after, before);
  });
});

test("a box of another image is cut to what this one has room for", () => {
  eachTime((random, size) => {
    const other = { width: random.whole(1, 900), height: random.whole(1, 900) };
    const before = box(random, other);
    const after = brought("rectangles", before, size);
    assert.ok(isInside(after, size), JSON.stringify({ before, after, size }));
    if (isInside(before, size)) assert.deepEqual(after, before);
  });
});

test("polygons, lines and points move as a whole and never further out of the image", () => {
  eachTime((random, size, any) => {
    const corner = () => [random.whole(0, size.width), random.whole(0, size.height)];
    const shapes = {
      polygons: { polygon: [corner(), corner(), corner()] },
      lines: { line: [corner(), corner()] },
      points: { point: corner() },
    };
    for (const [kind, before] of Object.entries(shapes)) {
      const edges = extent(kind, moved(kind, before, any(2000), any(2000), size));
      assert.ok(edges.left >= 0 && edges.top >= 0 && edges.right <= size.width && edges.bottom <= size.height);
    }
  });
});

test("keypoints keep their visibility when they move", () => {
  const after = moved("keypoints", { keypoints: [[1, 2, 0], [3, 4, 2]] }, 1, 1, { width: 9, height: 9 });
  assert.deepEqual(after, { keypoints: [[2, 3, 0], [4, 5, 2]] });
});

test("pulling a corner moves that corner alone", () => {
  const line = { line: [[0, 0], [4, 4], [8, 0]] };
  assert.deepEqual(cornerMoved("lines", line, 1, 2, -9, { width: 9, height: 9 }), { line: [[0, 0], [6, 0], [8, 0]] });
  assert.deepEqual(pulled("points", { point: [1, 1] }, { index: 0 }, 1, 0, { width: 9, height: 9 }), { point: [2, 1] });
});

test("a box has eight grips, and a polygon one for each corner", () => {
  assert.equal(grips("rectangles", { x: 0, y: 0, w: 4, h: 4 }).length, 8);
  assert.equal(grips("polygons", { polygon: [[0, 0], [1, 0], [1, 1]] }).length, 3);
  assert.equal(grips("masks", { mask: "0" }).length, 0);
});

test("a shape is told in words", () => {
  assert.equal(told("rectangles", { x: 1, y: 2, w: 30, h: 4 }), "30 by 4 pixels at 1, 2");
});

test("what lies under the pointer stays there while zooming, unless the image would leave the screen", () => {
  const [size, screen] = [{ width: 400, height: 300 }, { width: 800, height: 600 }];
  const at = { x: 400, y: 300 };
  let port = fitted(size, screen);
  for (const factor of [1.25, 2, 0.8, 1.1]) {
    const before = toImage(port, at);
    port = zoomed(port, factor, at, { size, screen });
    const after = toImage(port, at);
    assert.ok(Math.hypot(before.x - after.x, before.y - after.y) < 1e-6);
  }
});

test("however far an image is moved or zoomed, some of it stays on screen", () => {
  eachTime((random, size, any) => {
    const screen = { width: random.whole(50, 900), height: random.whole(50, 900) };
    let port = fitted(size, screen);
    for (let step = 0; step < 5; step++) {
      port = panned(port, any(9000), any(9000), { size, screen });
      port = zoomed(port, 0.1 + random.next() * 4, { x: any(screen.width), y: any(screen.height) }, { size, screen });
      assert.ok(port.x < size.width && port.y < size.height);
      assert.ok(port.x + screen.width / port.scale > 0 && port.y + screen.height / port.scale > 0);
    }
  });
});

// Numbers that look like chance and are the same each time: a failure can be seen again.

export function chance(seed) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const whole = (least, most) => least + Math.floor(next() * (most - least + 1));
  const pick = (items) => items[whole(0, items.length - 1)];
  return { next, whole, pick };
}

export function box(random, size) {
  const [x, y] = [random.whole(0, size.width - 1), random.whole(0, size.height - 1)];
  return { x, y, w: random.whole(1, size.width - x), h: random.whole(1, size.height - y) };
}

export const RUNS = 300;

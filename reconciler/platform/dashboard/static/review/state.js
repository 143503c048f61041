// One image under review, as a value: `reduce(state, action)` gives the next one, and every edit can be undone.
//
// sheet     what the server told of the image; `starts` holds the shapes to begin with, by who said them
// shapes    what is said to be on it: {key, kind, label, name, score, geometry, path}
// selected  the key of one shape, or null
// past      shapes before each edit; future: what was undone
// step      names an edit that may go on (a drag, a row of nudges): its parts are undone as one

import * as geometry from "./geometry.js";

const LONGEST = 200;

export function opened(sheet) {
  const shapes = numbered(sheet.starts[sheet.start] ?? []);
  return { sheet, shapes, opened: shapes, start: sheet.start, selected: null, past: [], future: [], step: null };
}

function numbered(shapes, first = 1) {
  return shapes.map((shape, index) => ({ ...shape, key: first + index }));
}

const ACTIONS = {
  select: (state, { key }) => ({ ...state, selected: key, step: null }),
  geometry: (state, { key, geometry, step }) => edited(state, changed(state, key, { geometry }), { step }),
  label: (state, { key, label: { id, name } }) => edited(state, changed(state, key, { label: id, name, score: null })),
  remove: (state, { key }) => {
    const left = state.shapes.filter((shape) => shape.key !== key);
    return edited(state, left, { selected: after(state, key) });
  },
  add: (state, { shape }) => {
    const added = { score: null, ...shape, key: fresh(state) };
    return edited(state, [...state.shapes, added], { selected: added.key });
  },
  duplicate: (state, { key }) => {
    const held = find(state, key);
    const copy = { ...held, score: null, geometry: geometry.beside(held.kind, held.geometry, state.sheet) };
    return ACTIONS.add(state, { shape: copy });
  },
  classify: (state, { label }) => {
    const kind = geometry.CLASSIFICATIONS;
    if (!label) return edited(state, []);
    return edited(state, [{ kind, label: label.id, name: label.name, score: null, geometry: {}, key: fresh(state) }]);
  },
  start: (state, { start }) => {
    const shapes = numbered(state.sheet.starts[start] ?? [], fresh(state));
    return { ...edited(state, shapes, { selected: null }), start };
  },
  restore: (state, { shapes }) => edited(state, numbered(shapes, fresh(state)), { selected: null }),
  undo: (state) => {
    if (!state.past.length) return state;
    const [shapes, past] = [state.past.at(-1), state.past.slice(0, -1)];
    return settled({ ...state, shapes, past, future: [...state.future, state.shapes] });
  },
  redo: (state) => {
    if (!state.future.length) return state;
    const [shapes, future] = [state.future.at(-1), state.future.slice(0, -1)];
    return settled({ ...state, shapes, future, past: [...state.past, state.shapes] });
  },
};

// An action on a shape that is not there changes nothing.
export function reduce(state, action) {
  if (action.key != null && !find(state, action.key)) return state;
  return ACTIONS[action.type](state, action);
}

function edited(state, shapes, { step = null, selected = state.selected } = {}) {
  if (same(shapes, state.shapes)) return { ...state, selected };
  const goesOn = step !== null && step === state.step;
  const past = goesOn ? state.past : [...state.past, state.shapes].slice(-LONGEST);
  return { ...state, shapes, past, future: [], step, selected };
}

function settled(state) {
  return { ...state, step: null, selected: find(state, state.selected) ? state.selected : null };
}

function changed(state, key, change) {
  return state.shapes.map((shape) => (shape.key === key ? { ...shape, ...change } : shape));
}

function fresh(state) {
  const known = [state.opened, state.shapes, ...state.past, ...state.future].flat();
  return 1 + known.reduce((most, shape) => Math.max(most, shape.key), 0);
}

// The shape to select once another is gone: the next, or else the last.
function after(state, key) {
  const place = state.shapes.findIndex((shape) => shape.key === key);
  const left = state.shapes.filter((shape) => shape.key !== key);
  return left.length ? left[Math.min(place, left.length - 1)].key : null;
}

export function find(state, key) {
  return state.shapes.find((shape) => shape.key === key) ?? null;
}

export function chosen(state) {
  return find(state, state.selected);
}

// The shape before or after the selected one, around the ends.
export function neighbour(state, step) {
  const place = state.shapes.findIndex((shape) => shape.key === state.selected);
  const count = state.shapes.length;
  if (!count) return null;
  return state.shapes[place < 0 ? (step > 0 ? 0 : count - 1) : (place + step + count) % count].key;
}

export function isChanged(state) {
  return !same(state.shapes, state.opened);
}

function same(one, other) {
  return one === other || JSON.stringify(one.map(said)) === JSON.stringify(other.map(said));
}

function said({ kind, label, geometry }) {
  return { kind, label, geometry };
}

// What a draft keeps: enough to go on, nothing that belongs to one page.
export function draft(state) {
  return { since: state.sheet.since, shapes: state.shapes.map(({ key, ...shape }) => shape) };
}

// What must be put right before the review can be sent.
export function problems(state) {
  const unknown = state.shapes.filter((shape) => !shape.label).length;
  if (!unknown) return [];
  const many = unknown === 1 ? "One shape has" : `${unknown} shapes have`;
  return [`${many} no label of this deployment: give one, or delete.`];
}

// The review as the platform takes it: lists by kind, each shape with its label.
export function review(state) {
  const told = {};
  for (const { kind, label, geometry } of state.shapes) (told[kind] ??= []).push({ ...geometry, label_id: label });
  return told;
}

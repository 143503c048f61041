// Which key does what, as data: the handler and the dialog of shortcuts read the same table.

const NUDGES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FAR = 10;

// Each: keys as they are shown, what they do, and where they count ("shapes", "class" or everywhere).
export const SHORTCUTS = [
  { keys: ["Enter", "A"], does: "Accept what is shown: save it, and on to the next image" },
  { keys: ["J", "→"], does: "Next image, older (arrows while nothing is selected)" },
  { keys: ["K", "←"], does: "Previous image, newer" },
  { keys: ["S"], does: "Skip: next image, changes stay as a draft" },
  { keys: ["labels"], does: "Give this label to the selected shape, or to the boxes drawn next", where: "shapes" },
  { keys: ["labels"], does: "Say this class", where: "class" },
  { keys: ["L"], does: "Search among the labels" },
  { keys: ["]", "["], does: "Select the next or previous shape (Tab works too)", where: "shapes" },
  { keys: ["N"], does: "New box in the middle; drag on the image draws one", where: "shapes" },
  { keys: ["Arrows"], does: "Move the selected shape by 1 pixel; with Shift by 10", where: "shapes" },
  { keys: ["Alt + arrows"], does: "Resize the selected box; with Shift by 10 (Ctrl works too)", where: "shapes" },
  { keys: ["D"], does: "Duplicate the selected shape", where: "shapes" },
  { keys: ["Ctrl + C", "Ctrl + V"], does: "Copy a shape, paste it here or on another image", where: "shapes" },
  { keys: ["Delete"], does: "Delete the selected shape", where: "shapes" },
  { keys: ["Delete"], does: "Say that it is none of the classes", where: "class" },
  { keys: ["Ctrl + Z", "U"], does: "Undo" },
  { keys: ["Ctrl + Y", "Shift + U"], does: "Redo" },
  { keys: ["T"], does: "Begin again from the other model, or the last review" },
  { keys: ["H"], does: "Hide the shapes, show them again", where: "shapes" },
  { keys: ["+", "−", "F"], does: "Zoom in, zoom out, fit; the wheel zooms, Space and drag moves the image" },
  { keys: ["Esc"], does: "Select nothing" },
  { keys: ["?"], does: "These shortcuts" },
];

// The key of each label: its own name where all names are digits, otherwise 1 to 9 in their order.
export function labelKeys(labels) {
  const names = labels.map(({ name }) => name);
  const areDigits = names.every((name) => /^[0-9]$/.test(name)) && new Set(names).size === names.length;
  const keyed = labels.slice(0, areDigits ? 10 : 9);
  return new Map(keyed.map(({ id, name }, index) => [areDigits ? name : String(index + 1), id]));
}

const PLAIN = {
  a: { does: "accept" },
  Enter: { does: "accept" },
  j: { does: "next" },
  k: { does: "previous" },
  s: { does: "skip" },
  l: { does: "search" },
  "]": { does: "step", by: 1 },
  "[": { does: "step", by: -1 },
  n: { does: "new" },
  d: { does: "duplicate" },
  Delete: { does: "remove" },
  Backspace: { does: "remove" },
  u: { does: "undo" },
  U: { does: "redo" },
  t: { does: "start" },
  h: { does: "hide" },
  "+": { does: "zoom", by: 1.25 },
  "=": { does: "zoom", by: 1.25 },
  "-": { does: "zoom", by: 0.8 },
  f: { does: "fit" },
  0: { does: "fit" },
  Escape: { does: "deselect" },
  "?": { does: "help" },
};
const WITH_CONTROL = {
  z: { does: "undo" },
  Z: { does: "redo" },
  y: { does: "redo" },
  c: { does: "copy" },
  v: { does: "paste" },
};

// Return what a key press asks for, or null; `labels` are the keys of labels, `selected` whether a shape is.
export function command({ key, ctrl = false, meta = false, alt = false, shift = false }, { labels, selected }) {
  if (key in NUDGES) return arrow(key, { resizes: ctrl || meta || alt, shift, selected });
  if (ctrl || meta) return alt ? null : WITH_CONTROL[shift ? key.toUpperCase() : key] ?? null;
  if (alt) return null;
  if (labels.has(key)) return { does: "label", label: labels.get(key) };
  return PLAIN[key] ?? PLAIN[shift ? key : key.toLowerCase()] ?? null;
}

function arrow(key, { resizes, shift, selected }) {
  const [dx, dy] = NUDGES[key].map((step) => step * (shift ? FAR : 1));
  if (selected) return { does: resizes ? "resize" : "move", dx, dy };
  if (resizes || shift) return null;
  return key === "ArrowRight" ? { does: "next" } : key === "ArrowLeft" ? { does: "previous" } : null;
}

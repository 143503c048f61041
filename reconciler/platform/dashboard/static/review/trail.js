// The way somebody took through the images of one filter: where "previous" leads back to, and how far they are.
//
// An image that was just reviewed may have left the filter; the way back to it is remembered here.

export function begun(id, position) {
  return { ids: [id], place: 0, first: 0, position };
}

// Return the trail with an image as its place: one of those seen, or one more at an end.
export function stepped(trail, id, { back = false } = {}) {
  const known = trail.ids.indexOf(id);
  if (known >= 0) return { ...trail, place: known };
  if (back) return { ...trail, ids: [id, ...trail.ids], place: 0, first: trail.first + 1 };
  return { ...trail, ids: [...trail.ids, id], place: trail.ids.length };
}

export function nextOf(trail, sheet) {
  return trail.ids[trail.place + 1] ?? sheet.older;
}

export function previousOf(trail, sheet) {
  return trail.ids[trail.place - 1] ?? sheet.newer;
}

// Return how far somebody is, in words: counted when the sitting began, so that it never runs backwards.
export function told({ position, place, first }) {
  const { at, number, exact } = position;
  const of = `${number.toLocaleString("en")}${exact ? "" : "+"}`;
  if (at === null) return { words: `${of} in this filter`, share: null };
  const here = at + place - first;
  if (here < 1 || here > number) return { words: `${of} in this filter`, share: null };
  return { words: `${here.toLocaleString("en")} of ${of}`, share: exact ? here / number : null };
}

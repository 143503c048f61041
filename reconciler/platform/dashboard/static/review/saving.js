// Talking to the platform: load an image's sheet, send its review, and say what an answer means for the work on screen.

const UNSENT = "Your work is still here; save again in a moment.";
const AGAIN = "Sign in again in another tab, then save here once more.";
const ENDED = { outcome: "session", words: `Your session has ended. ${AGAIN}` };
const OLDER = { outcome: "session", words: `The platform does not take this from your session. ${AGAIN}` };
const GONE = "This image is gone: somebody removed its prediction.";

// What an answer to a review means. `outcome`: saved, meanwhile (somebody else reviewed), session, refused or failed.
export function verdict({ status, redirected = false, told = null }) {
  if (redirected || status === 401) return ENDED;
  if (told && status >= 200 && status < 300) return { outcome: "saved", ...told };
  if (status === 409 && told?.reason) return { outcome: told.reason, words: told.message, ...told };
  if (status === 403 && !told) return OLDER;
  if (status === 404) return { outcome: "refused", words: told?.message ?? GONE };
  if (status === 413) return { outcome: "refused", words: "The review is too large to be taken. Delete some shapes." };
  if (status === 429) return { outcome: "failed", words: `The platform is asked too often. ${UNSENT}` };
  if (told?.message) return { outcome: "refused", words: [told.message, ...(told.detail ?? [])].join(" ") };
  return { outcome: "failed", words: `The platform failed (${status}). ${UNSENT}` };
}

export class Platform {
  constructor({ fetch, csrf, renew, query }) {
    Object.assign(this, { fetch, csrf, renew, query });
    this.ahead = new Map();
  }

  // Return an image's sheet; one that was loaded ahead is there at once.
  async sheet(id, base) {
    const ahead = this.ahead.get(id);
    this.ahead.delete(id);
    return (await ahead) ?? this.load(id, base);
  }

  async load(id, base) {
    const answer = await this.fetch(`${base}/${id}/sheet${this.query}`, { headers: { Accept: "application/json" } });
    const { status, redirected } = answer;
    if (redirected || !answer.ok) throw new Error(verdict({ status, redirected }).words);
    return answer.json();
  }

  // Load a sheet before it is wanted; a failure shows when it is.
  foresee(id, base) {
    if (!id || this.ahead.has(id)) return this.ahead.get(id) ?? Promise.resolve(null);
    const coming = this.load(id, base).catch(() => null);
    this.ahead.set(id, coming);
    return coming;
  }

  forget(id) {
    this.ahead.delete(id);
  }

  // Send a review. Sending it again after an answer was lost records nothing twice: `since` names the one it follows.
  async save(id, base, { review, since }) {
    const found = await this.send(id, base, { review, since });
    if (found.outcome !== "session") return found;
    // Whoever signed in again has a new session, and its forms need its secret.
    const csrf = await this.renew().catch(() => null);
    if (!csrf || csrf === this.csrf) return found;
    this.csrf = csrf;
    return this.send(id, base, { review, since });
  }

  async send(id, base, { review, since }) {
    const body = new FormData();
    body.append("since", since ?? "");
    // As a file: fields of text are held to a size that many shapes exceed.
    body.append("shapes", new Blob([JSON.stringify(review)], { type: "application/json" }), "review.json");
    const headers = { Accept: "application/json", "X-CSRF-Token": this.csrf };
    let answer;
    try {
      answer = await this.fetch(`${base}/${id}${this.query}`, { method: "POST", headers, body });
    } catch {
      return { outcome: "failed", words: `The platform cannot be reached. ${UNSENT}` };
    }
    const told = await answer.json().catch(() => null);
    return verdict({ status: answer.status, redirected: answer.redirected, told });
  }
}

// Unsaved work, one draft for each image, for as long as the tab lives.
export class Drafts {
  constructor(storage) {
    this.storage = storage;
  }

  find(id) {
    try {
      return JSON.parse(this.storage.getItem(`review:${id}`));
    } catch {
      return null;
    }
  }

  keep(id, draft) {
    try {
      this.storage.setItem(`review:${id}`, JSON.stringify(draft));
      return true;
    } catch {
      return false;
    }
  }

  drop(id) {
    this.storage.removeItem(`review:${id}`);
  }
}

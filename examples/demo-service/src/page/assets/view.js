// Small helpers for the page's panels. Data gets into the page as text, never as HTML.

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element with a class and parts: texts or elements. */
export function element(tag, className, ...parts) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...parts);
  return node;
}

/** Shows a message in a notice, or hides it. */
export function notice(node, text) {
  node.textContent = text ?? "";
  node.hidden = !text;
}

/** How much of what is allowed a text takes. */
export function byteCount(text, max) {
  const bytes = new TextEncoder().encode(text).length;
  return `${bytes.toLocaleString("en")} of ${max.toLocaleString("en")} bytes`;
}

/** A name that nobody else has. */
export function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Adds to what scrolls, and stays at its end if that was in sight. */
export function appendTo(node, part) {
  const atEnd = node.scrollHeight - node.scrollTop - node.clientHeight < 40;
  node.append(part);
  if (atEnd) node.scrollTop = node.scrollHeight;
}

/** A list that shows its newest entries at its end, and no more than 300. */
export class EntryList {
  #node;

  constructor(node) {
    this.#node = node;
  }

  get length() {
    return this.#node.childElementCount;
  }

  add(entry) {
    appendTo(this.#node, entry);
    while (this.#node.childElementCount > 300) this.#node.firstElementChild.remove();
  }

  clear() {
    this.#node.replaceChildren();
  }
}

/** The time of day to the second. */
export function clock(date) {
  const two = (n) => String(n).padStart(2, "0");
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
}

/** The time of day to the millisecond. */
export function fineClock(date) {
  return `${clock(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

// Shows how a resumed stream is doing: its state, what was counted, and its ids as they rotate.

import { readResumeId } from "./resume-id.js";
import { byId, element } from "./view.js";

const WORDS = {
  idle: "no stream",
  connecting: "opening the stream",
  open: "streaming",
  waiting: "cut off: it comes back by itself",
  ended: "ended for good",
  lost: "lost for good",
};

/** So many connections are shown, the newest. */
const MAX_ROWS = 100;

export class StreamView {
  #part;
  #counts;
  /** The number of the newest event that was seen, or is known to be gone. */
  #newest;
  #row;

  /** The ids of its elements begin with `prefix`. */
  constructor(prefix) {
    this.#part = (name) => byId(`${prefix}-${name}`);
    this.reset();
  }

  /** Empty, for a stream that is opened. */
  reset() {
    this.#counts = { connections: 0, events: 0, lost: 0, doubled: 0 };
    this.#newest = null;
    this.#row = null;
    this.#part("ids").replaceChildren();
    this.#showCounts();
    this.state("idle");
  }

  get connections() {
    return this.#counts.connections;
  }

  /** A state of `ResumedStream`, or `idle`; and why it is over, if it is. */
  state(state, ending = null) {
    this.#part("connection").dataset.state = state;
    this.#part("connection").textContent = WORDS[state];
    this.#part("drop").disabled = state !== "open";
    this.#part("again").hidden = state !== "ended" && state !== "lost";
    const over = { ended: "Over", lost: "Lost for good" }[state];
    this.#part("ending").textContent = over ? `${over}: ${ending}.` : "";
  }

  /** A connection has begun. */
  opened(text) {
    const id = readResumeId(text);
    this.#counts.connections += 1;
    this.#newest ??= id?.seq ?? null;
    if (id) this.#addRow(id);
    this.#showCounts();
  }

  /** The server has said what is gone, in an event with this id, and goes on behind it. */
  gap(text) {
    this.#newest = readResumeId(text)?.seq ?? this.#newest;
  }

  /** An event has come; its number, or null if its id has none. */
  event(text) {
    const seq = readResumeId(text)?.seq ?? null;
    this.#counts.events += 1;
    if (seq !== null && this.#newest !== null) {
      if (seq <= this.#newest) this.#counts.doubled += 1;
      else this.#counts.lost += seq - this.#newest - 1;
    }
    this.#newest = Math.max(this.#newest ?? 0, seq ?? 0);
    if (seq !== null) this.#extendRow(seq);
    this.#showCounts();
    return seq;
  }

  #addRow(id) {
    const parts = [this.#counts.connections, id.key, id.session, id.generation, id.tag, "–", 0];
    const cells = parts.map((part) => element("td", "", String(part)));
    this.#row = element("tr", "", ...cells);
    this.#row.dataset.generation = id.generation;
    const rows = this.#part("ids");
    rows.prepend(this.#row);
    while (rows.childElementCount > MAX_ROWS) rows.lastElementChild.remove();
  }

  /** The connection's id has gone on to this number. */
  #extendRow(seq) {
    if (!this.#row) return;
    const { dataset, cells } = this.#row;
    dataset.first ??= seq;
    dataset.last = seq;
    dataset.events = Number(dataset.events ?? 0) + 1;
    cells[5].textContent = dataset.first === dataset.last ? `${seq}` : `${dataset.first}–${seq}`;
    cells[6].textContent = dataset.events;
  }

  #showCounts() {
    for (const [name, count] of Object.entries(this.#counts)) {
      this.#part(name).textContent = String(count);
    }
  }
}

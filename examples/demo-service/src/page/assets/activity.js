// The log of what the client does, for people to read.

import { EntryList, byId, element, fineClock } from "./view.js";

export class Activity {
  #list = new EntryList(byId("activity"));

  constructor() {
    byId("clear-activity").addEventListener("click", () => this.#list.clear());
  }

  /** Adds a line; its kind is `api`, `token`, `stream`, `retry`, `error` or `done`. */
  log(kind, text) {
    const time = element("time", "", fineClock(new Date()));
    const line = element("li", "", time, element("span", "kind", kind), element("span", "text", text));
    line.dataset.kind = kind;
    this.#list.add(line);
  }
}

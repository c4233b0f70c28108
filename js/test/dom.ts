// A page for React. Everything else, such as fetch, stays Node's own. Import it before React.

import { Window } from "happy-dom";

const window = new Window({ url: "http://page.test/" });
const { document: page, navigator } = window;
for (const [name, value] of Object.entries({ window, document: page, navigator })) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}

const fetchOfNode = globalThis.fetch;

/** As in a page, where relative URLs count from the document's. */
export function setPage(origin: string): void {
  window.happyDOM.setURL(`${origin}/`);
}

globalThis.fetch = (input, init) =>
  fetchOfNode(typeof input === "string" ? new URL(input, document.baseURI) : input, init);

// Shows an answer: its text, what was found for it, and who is at work.

import { EntryList, appendTo, byId, element } from "./view.js";

export class ChatView {
  #log = new EntryList(byId("chat-log"));
  #chunks = 0;

  /** As if nothing had been asked. */
  reset() {
    this.#chunks = 0;
    this.#log.clear();
    byId("chat-answer").replaceChildren();
    byId("chat-documents").replaceChildren();
    this.#status("none", "no question");
    byId("chat-summary").textContent = "";
  }

  /** Empty, for an answer that begins. */
  start() {
    this.reset();
    this.#status("pending", "asked");
    // Read out once it is whole, and not word by word.
    byId("chat-answer").setAttribute("aria-busy", "true");
  }

  /** Another event of the answer, which came on so many connections by now. */
  add(name, data, connections) {
    switch (name) {
      case "agent_status":
        this.#status("processing", data.agent);
        this.#line(name, data.agent, data.status, data.message);
        break;
      case "retrieval_log":
        byId("chat-documents").replaceChildren(...data.documents.map(found));
        this.#line(name, "retriever", "log", `${data.found} of ${data.searched} passages fit`);
        break;
      case "message_chunk":
        this.#chunks += 1;
        appendTo(byId("chat-answer"), data.content);
        break;
      case "done":
        this.#status(data.status, data.status);
        byId("chat-summary").textContent =
          `${this.#chunks} of ${data.chunks} pieces came, over ` +
          (connections === 1 ? "1 connection." : `${connections} connections.`);
        this.end();
        break;
    }
  }

  /** Nothing more comes. */
  end() {
    byId("chat-answer").removeAttribute("aria-busy");
    const { status } = byId("chat-status").dataset;
    if (status === "pending" || status === "processing") this.#status("failed", "broken off");
  }

  #line(name, agent, status, message) {
    const kind = element("span", "kind", agent);
    const line = element("li", "", kind, element("span", "stage", status), element("span", "text", message));
    line.dataset.name = name;
    this.#log.add(line);
  }

  #status(status, text) {
    byId("chat-status").dataset.status = status;
    byId("chat-status").textContent = text;
  }
}

/** A passage that was found. */
function found({ title, source, score }) {
  const place = element("span", "place", element("span", "title", title), element("small", "", source));
  return element("li", "", element("span", "score", score.toFixed(2)), place);
}

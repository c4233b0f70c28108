// Shows how far a generation is, and how its stream is doing.

import { EntryList, byId, clock, element } from "./view.js";

const STAGES = [...document.querySelectorAll("#stages > li")];

export class ProgressView {
  #events = new EntryList(byId("events"));

  /** Empty, for a generation that starts. */
  reset(id) {
    this.#events.clear();
    byId("event-count").textContent = "0";
    byId("generation-id").textContent = id;
    this.#show({ status: "pending", stage: "parsing", progress: 0, message: "Started." });
  }

  /** Another record, with the id of its event. */
  add(record, eventId) {
    this.#show(record);
    const percent = element("span", "percent", `${Math.round(record.progress * 100)}%`);
    const stage = element("span", "stage", record.stage);
    const line = element(
      "li",
      "",
      element("span", "seq", eventId || "–"),
      element("time", "", clock(new Date(record.timestamp * 1000))),
      element("span", `status status-${record.status}`, record.status),
      stage,
      percent,
      element("span", "text", record.message),
    );
    line.dataset.seq = eventId;
    this.#events.add(line);
    byId("event-count").textContent = String(this.#events.length);
  }

  /** How the stream is doing: a state for tests and styles, and words for people. */
  connection(state, text) {
    byId("connection").dataset.state = state;
    byId("connection").textContent = text;
    byId("drop").disabled = state !== "open";
    byId("reconnect").hidden = state !== "lost";
  }

  #show({ status, stage, progress, message }) {
    byId("status").textContent = status;
    byId("status").dataset.status = status;
    byId("progress").value = progress;
    byId("percent").textContent = `${Math.round(progress * 100)}%`;
    byId("message").textContent = message;
    byId("cancel").disabled = status === "completed" || status === "failed";
    const at = STAGES.findIndex((node) => node.dataset.stage === stage);
    STAGES.forEach((node, index) => {
      node.dataset.state = stageState(index - at, status);
    });
  }
}

/** What a stage looks like that is so many stages after the one at work. */
function stageState(after, status) {
  if (after < 0 || status === "completed") return "done";
  if (after > 0 || status === "pending") return "todo";
  return status === "failed" ? "failed" : "doing";
}

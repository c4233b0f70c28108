// Asks a question, and shows the answer as it is streamed.

import { inWords } from "./api.js";
import { ChatView } from "./chat-view.js";
import { shorten } from "./resume-id.js";
import { ResumedStream } from "./resumed-stream.js";
import { StreamView } from "./stream-view.js";
import { byId, byteCount, notice, randomName } from "./view.js";

const EVENTS = ["agent_status", "retrieval_log", "message_chunk", "done"];
const MAX_BYTES = 65_536;

export class ChatPanel {
  #api;
  #activity;
  #answer = new ChatView();
  #stream = new StreamView("chat");
  #source = null;
  #id = null;
  #question = "";
  #session = "";
  /** Goes up with each question, so that a late answer to an old request is known as one. */
  #turn = 0;

  constructor(api, activity) {
    this.#api = api;
    this.#activity = activity;
    byId("chat-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask(byId("chat-question").value);
    });
    byId("chat-question").addEventListener("input", showSize);
    byId("chat-suggestions").addEventListener("click", ({ target }) => {
      const question = target.closest("button")?.textContent;
      if (!question) return;
      byId("chat-question").value = question;
      showSize();
      byId("chat-question").focus();
    });
    byId("chat-again").addEventListener("click", () => this.#ask(this.#question));
    byId("chat-stop").addEventListener("click", () => this.#stop());
    byId("chat-drop").addEventListener("click", () => this.#drop());
    showSize();
  }

  /** Somebody has signed in or out. What one user asked is not for the next to see. */
  signedIn(signedIn) {
    byId("chat-ask").disabled = !signedIn;
    if (signedIn) {
      this.#session = randomName();
      return;
    }
    this.#leave();
    this.#answer.reset();
    this.#stream.reset();
    this.#question = byId("chat-question").value = "";
    notice(byId("chat-notice"), null);
    showSize();
  }

  async #ask(question) {
    this.#leave();
    const turn = this.#turn;
    this.#question = question;
    notice(byId("chat-notice"), null);
    byId("chat-ask").disabled = true;
    try {
      const { stream_id: id, expires_in } = await this.#api.startChat(question, this.#session);
      if (turn !== this.#turn) return;
      this.#activity.log("token", `sent a question in a POST; got ${shorten(id, 10)} for ${expires_in} s`);
      this.#follow(id);
    } catch (error) {
      this.#failed("could not ask", error);
    } finally {
      byId("chat-ask").disabled = !this.#api.signedIn;
    }
  }

  #follow(id) {
    this.#id = id;
    this.#answer.start();
    this.#stream.reset();
    byId("chat-stop").disabled = false;
    const url = `/api/chat/stream/${encodeURIComponent(id)}`;
    this.#source = new ResumedStream(url, EVENTS, {
      onState: (state, ending) => this.#changed(state, ending),
      onOpen: (eventId) => {
        this.#stream.opened(eventId);
        this.#activity.log("stream", `chat: connection ${this.#stream.connections} is open`);
      },
      onGap: (gap, id) => {
        this.#stream.gap(id);
        this.#activity.log("error", `chat: events ${gap.from} to ${gap.to} are gone`);
      },
      onEvent: (name, data, eventId) => {
        this.#stream.event(eventId);
        this.#answer.add(name, data, this.#stream.connections);
        if (name === "done") this.#done(data);
      },
    });
  }

  #changed(state, ending) {
    this.#stream.state(state, ending);
    if (state === "waiting") {
      this.#activity.log("retry", "chat: the connection is gone; asks again, with the same URL");
    }
    if (state !== "ended" && state !== "lost") return;
    byId("chat-stop").disabled = true;
    this.#answer.end();
    this.#activity.log(state === "ended" ? "done" : "error", `chat: ${state} for good: ${ending}`);
  }

  #done({ status, chunks }) {
    this.#source.ends(status === "stopped" ? "the answer was stopped" : "the answer is complete");
    byId("chat-stop").disabled = true;
    this.#activity.log("done", `chat: ${status}, ${chunks} pieces`);
  }

  async #stop() {
    byId("chat-stop").disabled = true;
    try {
      await this.#api.stopChat(this.#id);
      this.#activity.log("api", "chat: asked the server to stop");
    } catch (error) {
      byId("chat-stop").disabled = !this.#source?.isAlive;
      this.#failed("could not stop", error);
    }
  }

  async #drop() {
    try {
      await this.#api.drop(this.#id);
      this.#activity.log("api", "chat: asked the server to cut the connection");
    } catch (error) {
      this.#failed("could not drop the connection", error);
    }
  }

  /** Follows the stream no longer. Its work ends by itself if nobody listens. */
  #leave() {
    this.#turn += 1;
    this.#source?.close();
    this.#source = this.#id = null;
    this.#stream.state("idle");
    this.#answer.end();
    byId("chat-stop").disabled = true;
  }

  #failed(what, error) {
    notice(byId("chat-notice"), inWords(error));
    this.#activity.log("error", `chat: ${what}: ${error.message}`);
  }
}

function showSize() {
  byId("chat-size").textContent = byteCount(byId("chat-question").value, MAX_BYTES);
}

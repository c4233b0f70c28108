// Starts a generation, follows it and shows its result.

import { GenerationStream } from "./generation-stream.js";
import { ProgressView } from "./progress-view.js";
import { ReplayPanel } from "./replay-panel.js";
import { showRust } from "./rust-code.js";
import { SAMPLE } from "./sample.js";
import { byId, byteCount, notice } from "./view.js";

export class GenerationPanel {
  #api;
  #activity;
  #view = new ProgressView();
  #replay;
  #stream = null;
  #id = null;

  constructor(api, activity) {
    this.#api = api;
    this.#activity = activity;
    this.#replay = new ReplayPanel(activity);
    byId("source").value = SAMPLE;
    byId("source").addEventListener("input", showSize);
    showSize();
    byId("generation-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start(byId("source").value, byId("name").value.trim());
    });
    byId("drop").addEventListener("click", () => this.#stream?.drop());
    byId("reconnect").addEventListener("click", () => this.#stream?.start());
    byId("cancel").addEventListener("click", () => this.#cancel());
    // Browsers give the clipboard to secure origins only.
    byId("copy").hidden = !navigator.clipboard;
    byId("copy").addEventListener("click", () => copyResult());
  }

  /** Somebody has signed in or out. Who signs out follows nothing any more. */
  signedIn(signedIn) {
    byId("start").disabled = !signedIn;
    if (signedIn) return;
    if (this.#stream?.isRunning) {
      this.#stream.stop();
      this.#view.connection("lost", "no stream: signed out");
    }
    // What one user made is not for the next to see, and nothing of theirs to go on with.
    this.#id = null;
    byId("result").replaceChildren();
    for (const id of ["copy", "cancel"]) byId(id).disabled = true;
    byId("reconnect").hidden = true;
  }

  async #start(source, name) {
    this.#stream?.stop();
    notice(byId("generation-notice"), null);
    byId("start").disabled = true;
    try {
      const { generation_id: id } = await this.#api.startGeneration(source, name);
      this.#activity.log("api", `started generation ${id}`);
      this.#follow(id);
    } catch (error) {
      notice(byId("generation-notice"), error.message);
      this.#activity.log("error", `could not start: ${error.message}`);
    } finally {
      byId("start").disabled = !this.#api.signedIn;
    }
  }

  #follow(id) {
    this.#id = id;
    this.#view.reset(id);
    byId("result").replaceChildren();
    byId("copy").disabled = true;
    const getToken = (...request) => this.#api.streamToken(...request);
    this.#stream = new GenerationStream(id, getToken, {
      onProgress: (record, eventId) => this.#view.add(record, eventId),
      onComplete: (record) => this.#complete(id, record),
      onError: (error) => this.#failed(error, true),
      onStep: (step, details) => this.#step(step, details),
    });
    this.#stream.start();
  }

  #step(step, details) {
    const log = (kind, text) => this.#activity.log(kind, text);
    switch (step) {
      case "token":
        this.#view.connection("connecting", "asking for a token");
        log("token", details.lastEventId
          ? `asks for a new token, to go on after event ${details.lastEventId}`
          : "asks for a token, with the JWT in a header");
        break;
      case "minted":
        this.#view.connection("connecting", "opening the stream");
        this.#replay.show(details.url);
        log("stream", `got one for ${details.expiresIn} s; opens ${details.url}`);
        break;
      case "open":
        this.#view.connection("open", "streaming");
        this.#replay.used();
        log("stream", "the stream is open, and its token is spent");
        break;
      case "wait": {
        const { reason, delay, retry, maxRetries } = details;
        const when = delay === null ? "the browser is offline" : `retry in ${delay} ms`;
        this.#view.connection("waiting", when);
        log("retry", `no stream (${reason}); ${when}, ${retry} of ${maxRetries}`);
        break;
      }
    }
  }

  async #complete(id, record) {
    this.#view.connection("ended", "stream ended");
    this.#activity.log("done", `${record.status}: ${record.message}; closes the stream`);
    try {
      const { result, error } = await this.#api.generation(id);
      if (this.#id !== id) return;
      if (result) showRust(byId("result"), result);
      byId("copy").disabled = !result;
      notice(byId("generation-notice"), error && `The generation failed: ${error}`);
    } catch (error) {
      this.#failed(error, false);
    }
  }

  #failed(error, final) {
    this.#activity.log("error", error.message);
    if (final) this.#view.connection("lost", "no stream");
  }

  async #cancel() {
    try {
      await this.#api.cancelGeneration(this.#id);
      this.#activity.log("api", `cancelled generation ${this.#id}`);
    } catch (error) {
      this.#failed(error, false);
    }
  }
}

function showSize() {
  byId("source-size").textContent = byteCount(byId("source").value, 1_048_576);
}

async function copyResult() {
  const button = byId("copy");
  await navigator.clipboard.writeText(byId("result").textContent);
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
}

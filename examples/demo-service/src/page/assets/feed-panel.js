// Follows a topic, and publishes to it.

import { inWords } from "./api.js";
import { shorten } from "./resume-id.js";
import { ResumedStream } from "./resumed-stream.js";
import { StreamView } from "./stream-view.js";
import { EntryList, byId, byteCount, clock, element, notice } from "./view.js";

const MAX_BYTES = 16_384;
const BURST = 10;

export class FeedPanel {
  #api;
  #activity;
  #stream = new StreamView("feed");
  #messages = new EntryList(byId("feed-messages"));
  #source = null;
  #token = null;
  #topic = "";
  /** Goes up with each subscription, so that a late answer to an old request is known as one. */
  #turn = 0;

  constructor(api, activity) {
    this.#api = api;
    this.#activity = activity;
    byId("feed-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#subscribe(byId("feed-topic").value.trim());
    });
    byId("feed-publish-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#publish(1);
    });
    byId("feed-burst").addEventListener("click", () => this.#publish(BURST));
    byId("feed-again").addEventListener("click", () => this.#subscribe(this.#topic));
    byId("feed-leave").addEventListener("click", () => this.#leave());
    byId("feed-drop").addEventListener("click", () => this.#drop());
    byId("feed-json").addEventListener("input", showSize);
    showSize();
  }

  /** Somebody has signed in or out. Who signs out follows nothing any more. */
  signedIn(signedIn) {
    for (const id of ["feed-subscribe", "feed-publish", "feed-burst"]) byId(id).disabled = !signedIn;
    if (signedIn) return;
    this.#leave();
    this.#stream.reset();
    this.#messages.clear();
    notice(byId("feed-notice"), null);
  }

  async #subscribe(topic) {
    this.#leave();
    const turn = this.#turn;
    this.#topic = topic;
    notice(byId("feed-notice"), null);
    byId("feed-subscribe").disabled = true;
    try {
      const answer = await this.#api.feedToken(topic);
      if (turn !== this.#turn) return;
      const { sse_token: token, expires_in, stream_url } = answer;
      this.#activity.log("token", `got ${shorten(token, 10)} for ${topic}, for ${expires_in} s`);
      this.#follow(token, stream_url);
    } catch (error) {
      this.#failed("could not subscribe", error);
    } finally {
      byId("feed-subscribe").disabled = !this.#api.signedIn;
    }
  }

  #follow(token, url) {
    this.#token = token;
    this.#stream.reset();
    this.#messages.clear();
    byId("feed-leave").disabled = false;
    this.#source = new ResumedStream(`${url}?token=${encodeURIComponent(token)}`, ["message"], {
      onState: (state, ending) => this.#changed(state, ending),
      onOpen: (id) => {
        this.#stream.opened(id);
        this.#activity.log("stream", `feed: connection ${this.#stream.connections} is open`);
      },
      onGap: (gap, id) => {
        this.#stream.gap(id);
        this.#add("gap", `${gap.from}–${gap.to}`, "these are gone: the server keeps only so many");
      },
      onEvent: (_, data, id) => {
        const seq = this.#stream.event(id);
        this.#add("event", seq ?? "–", JSON.stringify(data)).dataset.seq = seq;
      },
    });
  }

  #changed(state, ending) {
    this.#stream.state(state, ending);
    if (state === "waiting") {
      this.#activity.log("retry", "feed: the connection is gone; asks again, with the same URL");
    }
    if (state !== "ended" && state !== "lost") return;
    byId("feed-leave").disabled = true;
    this.#activity.log(state === "ended" ? "done" : "error", `feed: ${state} for good: ${ending}`);
  }

  /** Publishes what is in the form, so many times. */
  async #publish(times) {
    const topic = byId("feed-topic").value.trim();
    byId("feed-publish").disabled = byId("feed-burst").disabled = true;
    try {
      const json = JSON.parse(byId("feed-json").value);
      for (let n = 0; n < times; n += 1) {
        const { seq } = await this.#api.publish(topic, json);
        byId("feed-published").textContent = `Published to ${topic} as number ${seq}.`;
      }
      notice(byId("feed-notice"), null);
    } catch (error) {
      this.#failed("could not publish", error);
    } finally {
      byId("feed-publish").disabled = byId("feed-burst").disabled = !this.#api.signedIn;
    }
  }

  async #drop() {
    try {
      await this.#api.drop(this.#token);
      this.#activity.log("api", "feed: asked the server to cut the connection");
    } catch (error) {
      this.#failed("could not drop the connection", error);
    }
  }

  #leave() {
    this.#turn += 1;
    this.#source?.close();
    this.#source = this.#token = null;
    this.#stream.state("idle");
    byId("feed-leave").disabled = true;
    byId("feed-published").textContent = "";
  }

  #add(kind, number, text) {
    const seq = element("span", "seq", String(number));
    const time = element("time", "", clock(new Date()));
    const line = element("li", "", seq, time, element("span", "text", text));
    line.dataset.kind = kind;
    this.#messages.add(line);
    return line;
  }

  #failed(what, error) {
    const isJson = error instanceof SyntaxError;
    notice(byId("feed-notice"), isJson ? `That is no JSON: ${error.message}` : inWords(error));
    this.#activity.log("error", `feed: ${what}: ${error.message}`);
  }
}

function showSize() {
  byId("feed-size").textContent = byteCount(byId("feed-json").value, MAX_BYTES);
}

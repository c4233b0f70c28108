// Fetches a URL that was used once more, as somebody would who found it in a log.

import { byId } from "./view.js";

export class ReplayPanel {
  #activity;
  #url = null;

  constructor(activity) {
    this.#activity = activity;
    byId("replay").addEventListener("click", () => this.#replay());
  }

  /** Shows a URL. It can be replayed as soon as its stream has opened. */
  show(url) {
    this.#url = url;
    byId("used-url").textContent = url;
    byId("replay").disabled = true;
    byId("replay-outcome").hidden = true;
  }

  /** The URL has opened its stream. */
  used() {
    byId("replay").disabled = this.#url === null;
  }

  async #replay() {
    const abort = new AbortController();
    try {
      // What EventSource sends, and no JWT.
      const headers = { Accept: "text/event-stream" };
      const response = await fetch(this.#url, { headers, cache: "no-store", signal: abort.signal });
      const challenge = response.headers.get("WWW-Authenticate");
      const outcome = response.ok ? "accepted" : "refused";
      const body = response.ok ? "The server took a spent token!" : await response.text();
      const status = `${response.status} ${response.statusText}`.trim();
      this.#activity.log(response.ok ? "error" : "token", `replayed the used URL: ${status}`);
      this.#outcome(outcome, status, challenge && `WWW-Authenticate: ${challenge}`, pretty(body));
    } catch (error) {
      this.#outcome("error", "No answer", "", error.message);
    } finally {
      abort.abort();
    }
  }

  #outcome(outcome, status, challenge, body) {
    byId("replay-status").textContent = status;
    byId("replay-challenge").textContent = challenge ?? "";
    byId("replay-body").textContent = body;
    byId("replay-outcome").dataset.outcome = outcome;
    byId("replay-outcome").hidden = false;
  }
}

/** JSON with line breaks; any other text as it is. */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

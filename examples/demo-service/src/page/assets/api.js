// The server's HTTP interface, and the JWT.
//
// The JWT lives in a private field: not in localStorage, not in a cookie, and never in a URL.

/** An answer that is an error, with its problem details (RFC 9457). */
export class Problem extends Error {
  constructor(status, details, retryAfter) {
    super(details?.detail || details?.title || `the server answered ${status}`);
    this.name = "Problem";
    this.status = status;
    /** Milliseconds that the server asks to wait, or null. */
    this.retryAfter = retryAfter;
  }
}

/** What the statuses mean to whoever sits before the page. */
const WORDS = {
  401: "You are not signed in any more",
  403: "That is not yours",
  404: "That is not there, or no longer",
  413: "That is too long",
  422: "The server can't make sense of that",
  429: "You have too many of these at once",
  503: "The server has no room for more at the moment",
};

/** An error for people: what it means, what the server says to it, and when to try again. */
export function inWords(error) {
  if (!(error instanceof Problem)) return `No answer from the server: ${error.message}`;
  const words = [WORDS[error.status], error.message].filter(Boolean).join(": ");
  if (error.retryAfter === null) return words;
  return `${words}. Try again in ${error.retryAfter / 1000} s.`.replace("..", ".");
}

export class Api {
  #jwt = null;

  /** Called when the server no longer takes the JWT. */
  onExpired = () => {};

  async signIn(username, password) {
    const answer = await this.#send("POST", "/demo/login", { username, password });
    this.#jwt = answer.access_token;
    return answer;
  }

  /** Forgets the JWT, and has the server end all streams that were opened with it. */
  signOut() {
    const ended = this.#send("POST", "/demo/logout");
    this.#jwt = null;
    return ended;
  }

  get signedIn() {
    return this.#jwt !== null;
  }

  startGeneration(source, name) {
    return this.#send("POST", "/generations", name ? { source, name } : { source });
  }

  generation(id) {
    return this.#send("GET", `/generations/${encodeURIComponent(id)}`);
  }

  cancelGeneration(id) {
    return this.#send("DELETE", `/generations/${encodeURIComponent(id)}`);
  }

  /** Trades the JWT for a token that opens one stream, from after the last event that was seen. */
  streamToken(id, lastEventId, signal) {
    const path = `/generations/generate/${encodeURIComponent(id)}/stream-token`;
    return this.#send("POST", path, lastEventId ? { last_event_id: lastEventId } : {}, signal);
  }

  /** Hands in a question; its answer is streamed to whoever has the `stream_id`. */
  startChat(message, session) {
    return this.#send("POST", "/api/chat/stream/initiate", { message, session_id: session });
  }

  stopChat(streamId) {
    return this.#send("POST", `/api/chat/stream/${encodeURIComponent(streamId)}/stop`);
  }

  feedToken(topic) {
    return this.#send("POST", `/topics/${encodeURIComponent(topic)}/stream-token`);
  }

  publish(topic, json) {
    return this.#send("POST", `/topics/${encodeURIComponent(topic)}/publish`, json);
  }

  /** Has the server cut the connection of a stream, by the token that opened it. */
  drop(stream) {
    return this.#send("POST", "/demo/drop", { stream });
  }

  async #send(method, path, body, signal) {
    const jwt = this.#jwt;
    const headers = { Accept: "application/json" };
    if (jwt) headers.Authorization = `Bearer ${jwt}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await fetch(path, {
      method,
      headers,
      body: JSON.stringify(body),
      cache: "no-store",
      signal,
    });
    if (response.ok) return response.status === 204 ? null : await jsonOrNull(response);
    if (response.status === 401 && jwt && jwt === this.#jwt) {
      this.#jwt = null;
      this.onExpired();
    }
    throw new Problem(response.status, await jsonOrNull(response), retryAfter(response));
  }
}

async function jsonOrNull(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function retryAfter(response) {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return Number.isNaN(seconds) ? null : seconds * 1000;
}

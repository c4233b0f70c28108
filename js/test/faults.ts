// A server of one stream whose answers fail in every way that a network and a proxy have.

/** Numbers that a seed determines: xorshift32. */
class Random {
  #state;
  constructor(seed: number) {
    this.#state = (seed + 1) * 0x9e3779b1 || 1;
  }
  below(bound: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % bound;
  }
}

const after = (time: number) => new Promise((done) => setTimeout(done, time));

/** A stream of numbered events. After a number of attempts it stops failing. */
export class Faults {
  /** When each attempt was made, in milliseconds. */
  readonly attempts: number[] = [];
  #random;
  #events;
  #isResumable;
  /** So many attempts fail. */
  #left;
  /** The token that was minted last, and whether it was shown. */
  #token = 0;
  #spent = true;
  /** Which connection of the session this is. */
  #generation = 0;
  /** Where a token that was minted begins. */
  #session = false;

  constructor(seed: number, events: number, isResumable: boolean) {
    this.#random = new Random(seed);
    this.#events = events;
    this.#isResumable = isResumable;
    this.#left = this.#random.below(9);
  }

  mint(): string {
    this.#token += 1;
    this.#spent = false;
    this.#session = false;
    return `/s?token=${this.#token}`;
  }

  readonly fetch: typeof fetch = async (url, init) => {
    this.attempts.push(Date.now());
    const signal = init!.signal!;
    const lastEventId = new Headers(init!.headers).get("Last-Event-ID") ?? "";
    const fault = this.#left > 0 ? this.#random.below(9) : -1;
    this.#left -= 1;
    await after(this.#random.below(3_000));
    if (signal.aborted) throw signal.reason;
    if (fault === 0) throw new TypeError("connection refused");
    if (fault === 1) return new Response(null, { status: 502 });
    if (fault === 2) return new Response("busy", { status: 503, headers: { "Retry-After": "2" } });
    const token = Number(new URL(String(url)).searchParams.get("token"));
    const mayEnter =
      token === this.#token && (!this.#spent || (this.#isResumable && this.#session));
    if (!mayEnter) return new Response(null, { status: 401 });
    this.#spent = true;
    // The answer is lost on its way: the token is spent all the same.
    if (fault === 3) throw new TypeError("connection reset");
    this.#session = true;
    const text = this.#text(lastEventId);
    return new Response(this.#body(text, fault, signal), {
      headers: { "Content-Type": "text/event-stream" },
    });
  };

  /** All that is left of the stream, behind this id. */
  #text(lastEventId: string): string {
    const seen = Number.parseInt(lastEventId.split(".").pop() || "0", 36);
    this.#generation += 1;
    const id = (n: number) =>
      this.#isResumable ? `sser1.k.s.${this.#generation}.t.${n.toString(36)}` : n.toString(36);
    let text = "";
    if (this.#isResumable) {
      text += `retry: 100\nevent: sse.open\nid: ${id(seen)}\ndata: {"v":1,"gap":null}\n\n`;
    }
    for (let n = seen + 1; n <= this.#events; n += 1) {
      text += `id: ${id(n)}\ndata: event ${n}\n\n`;
      if (n % 5 === 0) text += ":\n\n";
    }
    return `${text}event: sse.close\ndata: {"v":1,"reason":"complete"}\n\n`;
  }

  /** Gives the text in pieces, and breaks off somewhere if it is to fail. */
  #body(text: string, fault: number, signal: AbortSignal): ReadableStream<Uint8Array> {
    const garbage = fault === 8 ? "\uFFFF\0garbage: x\n:\n\n" : "";
    const bytes = new TextEncoder().encode(garbage + text);
    const end = fault < 4 ? bytes.length : this.#random.below(bytes.length);
    const piece = this.#random.below(3) === 0 ? 1 : 1 + this.#random.below(200);
    let at = 0;
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      if (this.#random.below(20) === 0) await after(this.#random.below(2_000));
      if (at < end) {
        controller.enqueue(bytes.slice(at, Math.min(end, (at += piece))));
      } else if (fault === 5 || fault === 6) {
        controller.error(new TypeError("connection reset"));
      } else if (fault === 7) {
        // A stall, which the client has to notice.
        await new Promise((done) => signal.addEventListener("abort", done));
      } else {
        controller.close();
      }
    };
    return new ReadableStream({ pull }, { highWaterMark: 0 });
  }
}

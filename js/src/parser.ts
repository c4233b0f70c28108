// Reads a text/event-stream (HTML §9.2.6), however its text is cut.

/** An event as it stood in the stream. */
export interface StreamEvent {
  /** Its name; `message` if the stream gives none. */
  type: string;
  data: string;
  /** The last id so far, of this event or of one before it; empty if there is none. */
  lastEventId: string;
}

/** What a parser calls. Only `onEvent` is required. */
export interface ParserHooks {
  onEvent(event: StreamEvent): void;
  /** A reconnection time, in milliseconds. */
  onRetry?(milliseconds: number): void;
  /** A comment, without its colon. */
  onComment?(comment: string): void;
}

export interface ParserOptions {
  /** The last event id at the beginning. Default: empty. */
  lastEventId?: string;
  /** The most characters of an event, in its lines or in its data. Default: 2 Mi. */
  maxEventLength?: number;
}

const LINE_END = /\r\n?|\n/g;

/**
 * Turns text into events. An event that the stream's end cuts off is never dispatched.
 *
 * ```js
 * const parser = new EventParser({ onEvent: ({ type, data }) => console.log(type, data) });
 * parser.push("event: greeting\ndata: hel");
 * parser.push("lo\n\n"); // greeting hello
 * ```
 */
export class EventParser {
  #hooks;
  #limit;
  /** The beginning of a line whose end has not come. */
  #line = "";
  #afterCr = false;
  #type = "";
  #data: string | null = null;
  /** An id counts from the end of its block on, so that a block that is cut off leaves none. */
  #idOfBlock;
  #id;

  constructor(hooks: ParserHooks, options: ParserOptions = {}) {
    this.#hooks = hooks;
    this.#limit = options.maxEventLength ?? 2 ** 21;
    this.#id = this.#idOfBlock = options.lastEventId ?? "";
  }

  /** The id that goes out with the next request; empty if none does. */
  get lastEventId(): string {
    return this.#id;
  }

  /**
   * Reads on. Events are dispatched before it returns.
   *
   * @param text decoded as UTF-8, without a byte order mark.
   * @throws RangeError if an event is too long. The parser can't be used afterwards.
   */
  push(text: string): void {
    // The second half of a line's end.
    let start = this.#afterCr && text[0] === "\n" ? 1 : 0;
    if (text) this.#afterCr = false;
    LINE_END.lastIndex = start;
    for (let end; (end = LINE_END.exec(text));) {
      const line = this.#line + text.slice(start, end.index);
      this.#line = "";
      start = LINE_END.lastIndex;
      this.#afterCr = end[0] === "\r" && start === text.length;
      this.#read(line);
      // A handler may have parsed something else meanwhile.
      LINE_END.lastIndex = start;
    }
    this.#line += text.slice(start);
    this.#check(this.#line.length);
  }

  #read(line: string): void {
    if (!line) {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) {
      this.#hooks.onComment?.(line.slice(1));
      return;
    }
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (field === "data") {
      this.#data = (this.#data === null ? "" : this.#data + "\n") + value;
      this.#check(this.#data.length);
    } else if (field === "event") {
      this.#type = value;
    } else if (field === "id") {
      if (!value.includes("\0")) this.#idOfBlock = value;
    } else if (field === "retry" && /^[0-9]+$/.test(value)) {
      this.#hooks.onRetry?.(Number(value));
    }
  }

  #dispatch(): void {
    const type = this.#type || "message";
    const data = this.#data;
    this.#type = "";
    this.#data = null;
    this.#id = this.#idOfBlock;
    // An event without data is none, but its id counts.
    if (data !== null) this.#hooks.onEvent({ type, data, lastEventId: this.#id });
  }

  #check(length: number): void {
    if (length > this.#limit)
      throw new RangeError(`an event has more than ${this.#limit} characters`);
  }
}

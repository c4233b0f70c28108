// The browser's EventSource, which Node has not. The test plays the server.

import { vi } from "vitest";
import { atEnd } from "./helpers.js";

export class FakeEventSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static made: FakeEventSource[] = [];

  readonly url: string;
  /** The URL as it was given. */
  readonly given: string | URL;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  close = vi.fn(() => (this.readyState = 2));

  constructor(
    url: string | URL,
    readonly init: EventSourceInit = {},
  ) {
    super();
    this.given = url;
    this.url = String(url);
    FakeEventSource.made.push(this);
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  says(data: unknown, lastEventId = "", type = "message"): void {
    this.saysText(JSON.stringify(data), lastEventId, type);
  }

  saysText(data: string, lastEventId = "", type = "message"): void {
    this.dispatchEvent(new MessageEvent(type, { data, lastEventId }));
  }

  /** For good, or so that it comes back by itself. */
  fails(readyState: 0 | 2 = 2): void {
    this.readyState = readyState;
    this.onerror?.();
  }
}

/** Puts it in the place of the browser's until the test is over. */
export function fakeEventSource(): FakeEventSource[] {
  vi.stubGlobal("EventSource", FakeEventSource);
  FakeEventSource.made = [];
  atEnd(() => vi.unstubAllGlobals());
  return FakeEventSource.made;
}

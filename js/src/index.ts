// The core: a secure EventSource, and a parser for the bodies of `fetch`.

export type { Backoff } from "./backoff.js";
export { streamEvents } from "./body.js";
export { SecureEventSource } from "./event-source.js";
export type { Listener, SecureEventSourceInit } from "./init.js";
export { MintError, postForToken } from "./mint.js";
export type { Attempt, Mint, Minted, StreamRequest, TokenAnswer } from "./mint.js";
export { EventParser } from "./parser.js";
export type { ParserHooks, ParserOptions, StreamEvent } from "./parser.js";
export type { Reason, Status } from "./status.js";

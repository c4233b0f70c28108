// Streams in React components.

export type { ChatInit } from "../chat/answer-stream.js";
export type {
  AgentStatus,
  ChatEvents,
  Done,
  MessageChunk,
  RetrievalLog,
  RetrievedDocument,
  Source,
} from "../chat/events.js";
export { MintError } from "../mint.js";
export { StreamError } from "../stream-error.js";
export type { StreamErrorReason } from "../stream-error.js";
export { useEventStream } from "./use-event-stream.js";
export type { UseEventStream, UseEventStreamInit } from "./use-event-stream.js";
export { useStreaming } from "./use-streaming.js";
export type { StreamingCallbacks, UseStreaming } from "./use-streaming.js";

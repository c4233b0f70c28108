// A transport for the chats of the AI SDK.

export type { ChatInit } from "../chat/answer-stream.js";
export { MintError } from "../mint.js";
export { StreamError } from "../stream-error.js";
export type { ChatDataParts, SseGateUIMessage } from "./chunks.js";
export { SseGateChatTransport } from "./transport.js";

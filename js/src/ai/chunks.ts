// Turns the events of an answer into the chunks of the AI SDK.

import type { UIMessage, UIMessageChunk } from "ai";
import type { AgentStatus, ChatEvent, Done, RetrievalLog, Source } from "../chat/events.js";

/** The data parts of an answer: `data-agent-status` and `data-retrieval-log`. */
export type ChatDataParts = {
  /** One part for each agent, which changes with the agent's status. */
  "agent-status": AgentStatus;
  "retrieval-log": RetrievalLog;
};

/** A message with these parts, for `useChat<SseGateUIMessage>`. */
export type SseGateUIMessage = UIMessage<unknown, ChatDataParts>;

/** One chunk of an answer. */
export type AnswerChunk = UIMessageChunk<unknown, ChatDataParts>;

const TEXT = "text";

/** Makes chunks of one answer's events, in order. */
export class ChunkMaker {
  #hasText = false;

  /** What comes before the first event. A message with a known id is written anew, and not doubled. */
  start(messageId: string): AnswerChunk[] {
    return [{ type: "start", messageId }];
  }

  event({ type, data }: ChatEvent): AnswerChunk[] {
    switch (type) {
      case "agent_status":
        return [{ type: "data-agent-status", id: data.agent, data }];
      case "retrieval_log":
        return [{ type: "data-retrieval-log", data }];
      case "message_chunk":
        return [...this.#beginText(), { type: "text-delta", id: TEXT, delta: data.content }];
      case "done":
        return this.#finish(data);
    }
  }

  /** The answer broke off. */
  error(error: Error): AnswerChunk[] {
    return [...this.#endText(), { type: "error", errorText: error.message }];
  }

  #beginText(): AnswerChunk[] {
    if (this.#hasText) return [];
    this.#hasText = true;
    return [{ type: "text-start", id: TEXT }];
  }

  #endText(): AnswerChunk[] {
    if (!this.#hasText) return [];
    this.#hasText = false;
    return [{ type: "text-end", id: TEXT }];
  }

  #finish({ status, sources }: Done): AnswerChunk[] {
    const finishReason = status === "completed" ? "stop" : "other";
    return [...this.#endText(), ...sources.map(sourceChunk), { type: "finish", finishReason }];
  }
}

function sourceChunk({ title, source }: Source, index: number): AnswerChunk {
  const mediaType = source.endsWith(".md") ? "text/markdown" : "text/plain";
  const sourceId = `source-${index + 1}`;
  return { type: "source-document", sourceId, mediaType, title, filename: source };
}

// The transport of the AI SDK's chats.

import type { ChatTransport, UIMessage, UIMessageChunk } from "ai";
import type { ChatInit } from "../chat/answer-stream.js";
import { Answer } from "./answer.js";

/** The options of `sendMessages` and `reconnectToStream`. */
type SendOptions = Parameters<ChatTransport<UIMessage>["sendMessages"]>[0];
type ReconnectOptions = Parameters<ChatTransport<UIMessage>["reconnectToStream"]>[0];

/**
 * Answers the messages of the AI SDK's chats (`ai` 7 and newer). The text of the last message goes into
 * the body of a POST, with the chat's id as `session_id`; the answer comes by a stream that is resumed
 * after each break. A stop ends it on the server too, if there is a `stopUrl`.
 *
 * An answer goes on while its component is away. `reconnectToStream` gives it from its beginning, once
 * more, as long as this page has it: until it was read to its end, or the chat has another one.
 *
 * ```js
 * const transport = new SseGateChatTransport({ headers: () => ({ Authorization: bearer() }) });
 * const { messages, sendMessage, stop } = useChat({ transport });
 * ```
 */
export class SseGateChatTransport<M extends UIMessage = UIMessage> implements ChatTransport<M> {
  /** An answer that is gone on with comes from its beginning. */
  readonly resumeStreamIsReplay = true;
  #init;
  #answers = new Map<string, Answer>();

  constructor(init: ChatInit = {}) {
    this.#init = init;
  }

  /**
   * Sends the last message. An answer of this chat that still runs is stopped before.
   *
   * @throws MintError if the server refuses the message, TypeError if it has no text, and an AbortError
   *   if it is stopped meanwhile.
   */
  async sendMessages(options: SendOptions): Promise<ReadableStream<UIMessageChunk>> {
    const { chatId, messages, abortSignal, headers, body } = options;
    const message = textOf(messages.filter(({ role }) => role === "user").at(-1));
    abortSignal?.throwIfAborted();
    this.#answers.get(chatId)?.stop();
    const answer: Answer = new Answer(this.#init, () => this.#forget(chatId, answer));
    this.#answers.set(chatId, answer);
    // It is read from now on, so that a stop counts while the message is sent.
    const stream = answer.read(abortSignal);
    try {
      await answer.ask({ message, sessionId: chatId, messageId: newId(), headers, body });
    } catch (error) {
      answer.close();
      abortSignal?.throwIfAborted();
      throw error;
    }
    return stream;
  }

  /** The answer of this chat from its beginning, and on as it comes; null if this page has none. */
  async reconnectToStream({
    chatId,
    abortSignal,
  }: ReconnectOptions): Promise<ReadableStream<UIMessageChunk> | null> {
    return this.#answers.get(chatId)?.read(abortSignal) ?? null;
  }

  /** Leaves all answers. */
  close(): void {
    for (const answer of this.#answers.values()) answer.close();
  }

  #forget(chatId: string, answer: Answer): void {
    if (this.#answers.get(chatId) === answer) this.#answers.delete(chatId);
  }
}

/** The text of a message, all its parts put together. */
function textOf(message: UIMessage | undefined): string {
  const text = message?.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  if (!text) throw new TypeError("the message has no text");
  return text;
}

/** An id of a message. It is no secret, and works on pages without a secure context too. */
function newId(): string {
  return Array.from({ length: 2 }, () => Math.random().toString(36).slice(2, 10)).join("");
}

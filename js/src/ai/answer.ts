// One answer of a chat, which many readers can follow from its beginning.

import { AnswerStream, type ChatInit } from "../chat/answer-stream.js";
import { ChunkMaker, type AnswerChunk } from "./chunks.js";

type Reader = ReadableStreamDefaultController<AnswerChunk>;

/** What a message is sent with. */
export interface Question {
  message: string;
  sessionId: string;
  messageId: string;
  body: object | undefined;
  headers: HeadersInit | undefined;
}

export class Answer {
  #stream: AnswerStream;
  #chunks: AnswerChunk[] = [];
  #readers = new Set<Reader>();
  #maker = new ChunkMaker();
  #isOver = false;
  #forget: () => void;

  /** `forget` is called when the answer need not be kept: it was stopped, or read to its end. */
  constructor(init: ChatInit, forget: () => void) {
    this.#forget = forget;
    this.#stream = new AnswerStream(init, {
      onEvent: (event) => this.#add(this.#maker.event(event)),
      onEnd: (error) => {
        if (error) this.#add(this.#maker.error(error));
        this.#end();
      },
    });
  }

  /** @throws MintError if the server refuses the message. */
  async ask({ message, sessionId, messageId, body, headers }: Question): Promise<void> {
    this.#add(this.#maker.start(messageId));
    await this.#stream.ask(message, sessionId, { body, headers });
  }

  /**
   * All chunks from the first one on. A reader that is aborted stops the answer, unless another reader
   * is there by then. A reader that is cancelled only leaves: the answer goes on for the next one.
   */
  read(signal?: AbortSignal): ReadableStream<AnswerChunk> {
    let leave = () => {};
    return new ReadableStream<AnswerChunk>({
      start: (reader) => {
        for (const chunk of this.#chunks) reader.enqueue(chunk);
        if (this.#isOver) {
          this.#finish(reader);
          return;
        }
        this.#readers.add(reader);
        const onAbort = () => this.#aborted(reader);
        signal?.addEventListener("abort", onAbort, { once: true });
        leave = () => {
          signal?.removeEventListener("abort", onAbort);
          this.#readers.delete(reader);
        };
      },
      cancel: () => leave(),
    });
  }

  /** Ends it here and on the server. A server that can't be asked ends it by itself. */
  stop(): void {
    this.#stream.stop().catch(() => {});
    this.#end();
    this.#forget();
  }

  /** Ends it here. */
  close(): void {
    this.#stream.close();
    this.#end();
    this.#forget();
  }

  #aborted(reader: Reader): void {
    this.#readers.delete(reader);
    reader.error(new DOMException("the answer was stopped", "AbortError"));
    // A second resume aborts the first one, and is here before this.
    queueMicrotask(() => {
      if (this.#readers.size === 0 && !this.#isOver) this.stop();
    });
  }

  #add(chunks: AnswerChunk[]): void {
    this.#chunks.push(...chunks);
    for (const reader of this.#readers) for (const chunk of chunks) reader.enqueue(chunk);
  }

  #end(): void {
    this.#isOver = true;
    for (const reader of this.#readers) this.#finish(reader);
    this.#readers.clear();
  }

  #finish(reader: Reader): void {
    reader.close();
    this.#forget();
  }
}

// A chat's answers in a component.

"use client";

import { useCallback, useEffect, useInsertionEffect, useRef, useState } from "react";
import { AnswerStream, type ChatInit } from "../chat/answer-stream.js";
import type { AgentStatus, ChatEvent, Done, RetrievalLog } from "../chat/events.js";
import { safely } from "../safely.js";
import type { Status } from "../status.js";

/** What an answer calls, all optional. */
export interface StreamingCallbacks {
  /** Gets the words that are new, and the text so far. */
  onMessageChunk?: (content: string, text: string) => void;
  onAgentStatus?: (status: AgentStatus) => void;
  onRetrievalLog?: (log: RetrievalLog) => void;
  /** The answer is whole, or was stopped on the server, as `done.status` says. */
  onDone?: (done: Done, text: string) => void;
  /** There is no answer, or only a part of it. Nothing comes after it. */
  onError?: (error: Error) => void;
  /** Called with each change of the connection, such as a reconnect that is due. */
  onStatus?: (status: Status) => void;
}

export interface UseStreaming {
  /**
   * Sends a message and follows its answer. An answer that still runs is stopped before. Resolves when
   * the answer is over, whatever ended it; what went wrong goes to `onError`. Does nothing after the
   * component has gone.
   */
  sendStreamingMessage: (
    message: string,
    sessionId: string,
    callbacks?: StreamingCallbacks,
  ) => Promise<void>;
  /** Whether an answer is on its way. */
  isStreaming: boolean;
  /** Leaves the answer, and asks the server to end it, if there is a `stopUrl`. */
  stop: () => Promise<void>;
}

/** An answer that runs, and how to tell that it is over. */
interface Running {
  stream: AnswerStream;
  isOver: () => void;
}

/**
 * Sends messages and follows their answers. The message goes into the body of a POST; the URL of the
 * stream has an id that works once. A connection that breaks is resumed, and the answer is never begun
 * again. Both functions stay the same over renders.
 *
 * ```jsx
 * const { sendStreamingMessage, isStreaming, stop } = useStreaming();
 * await sendStreamingMessage(question, sessionId, { onMessageChunk: (_, text) => setText(text) });
 * ```
 */
export function useStreaming(init: ChatInit = {}): UseStreaming {
  const [isStreaming, setIsStreaming] = useState(false);
  const latest = useRef(init);
  const running = useRef<Running | null>(null);
  const isGone = useRef(false);
  // Before all other effects, which may send a message; and not again in strict mode.
  useInsertionEffect(() => {
    latest.current = init;
  });
  useInsertionEffect(() => {
    isGone.current = false;
    return () => void (isGone.current = true);
  }, []);

  const leave = useCallback(() => {
    const left = running.current;
    running.current = null;
    left?.stream.close();
    left?.isOver();
    setIsStreaming(false);
    return left?.stream;
  }, []);

  const stop = useCallback(async () => leave()?.stop(), [leave]);

  // Without its component, an answer is left.
  useEffect(() => () => void leave(), [leave]);

  const sendStreamingMessage = useCallback(
    (message: string, sessionId: string, callbacks: StreamingCallbacks = {}) => {
      // A server that can't be asked to stop ends the answer by itself.
      stop().catch(() => {});
      if (isGone.current) return Promise.resolve();
      return new Promise<void>((isOver) => {
        const end = (error: unknown) => {
          if (running.current?.stream !== stream) return;
          leave();
          if (error) safely(() => callbacks.onError?.(error as Error));
        };
        const onEvent = deliver(callbacks);
        const hooks = { onEvent, onStatus: callbacks.onStatus, onEnd: end };
        const stream = new AnswerStream(latest.current, hooks);
        running.current = { stream, isOver };
        setIsStreaming(true);
        stream.ask(message, sessionId).catch(end);
      });
    },
    [leave, stop],
  );

  return { sendStreamingMessage, isStreaming, stop };
}

/** Sorts the events of one answer to its callbacks, and gathers the text. */
function deliver(callbacks: StreamingCallbacks): (event: ChatEvent) => void {
  let text = "";
  return ({ type, data }) => {
    if (type === "message_chunk") {
      text += data.content;
      callbacks.onMessageChunk?.(data.content, text);
    } else if (type === "agent_status") callbacks.onAgentStatus?.(data);
    else if (type === "retrieval_log") callbacks.onRetrievalLog?.(data);
    else callbacks.onDone?.(data, text);
  };
}

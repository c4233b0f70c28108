// Asks questions, and shows the answers as they are streamed.

"use client";

import { useState } from "react";
import { useStreaming } from "sse-gate-client/react";
import { inWords } from "@/lib/words";
import { QuestionForm } from "./question-form";
import { newTurn, type Turn } from "./turn";
import { TurnView } from "./turn-view";

export function Chat() {
  const [sessionId] = useState(randomName);
  const [turns, setTurns] = useState<Turn[]>([]);
  const { sendStreamingMessage, isStreaming, stop } = useStreaming({
    stopUrl: (id) => `/api/chat/stream/${encodeURIComponent(id)}/stop`,
  });

  /** Changes the turn that was asked last. */
  const change = (more: Partial<Turn>) =>
    setTurns((turns) => turns.map((it, at) => (at === turns.length - 1 ? { ...it, ...more } : it)));

  function ask(question: string) {
    setTurns((turns) => [...turns, newTurn(question)]);
    void sendStreamingMessage(question, sessionId, {
      onMessageChunk: (_, text) => change({ text }),
      onAgentStatus: ({ agent, message }) => change({ activity: `${agent}: ${message}` }),
      onRetrievalLog: ({ documents }) => change({ documents }),
      onDone: ({ status }) => change({ state: status, activity: "" }),
      onError: (error) => change({ state: "failed", activity: inWords(error) }),
      onStatus: ({ state }) => change({ isReconnecting: state === "waiting" }),
    });
  }

  function leave() {
    change({ state: "stopped", activity: "" });
    stop().catch((error) => change({ activity: inWords(error) }));
  }

  return (
    <section className="chat" aria-labelledby="title">
      <h1 id="title">Ask the documents of this project</h1>
      {turns.map((turn) => (
        <TurnView key={turn.key} turn={turn} />
      ))}
      <QuestionForm isStreaming={isStreaming} isFirst={!turns.length} onAsk={ask} onStop={leave} />
    </section>
  );
}

/** A name that no other page has. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

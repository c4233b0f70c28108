// Shows one question and its answer.

import { useEffect, useRef } from "react";
import { AnswerText } from "./answer-text";
import type { Turn } from "./turn";

export function TurnView({ turn }: { turn: Turn }) {
  const { question, text, documents, activity, state, isReconnecting } = turn;
  const isStreaming = state === "streaming";
  const article = useRef<HTMLElement>(null);
  // What was just asked comes in sight.
  useEffect(() => article.current?.scrollIntoView({ block: "start" }), []);
  return (
    <article className="turn" data-state={state} ref={article}>
      <h2 className="question">{question}</h2>
      <div className="panel answer">
        {documents.length > 0 && (
          <details className="found">
            <summary>{documents.length} passages found</summary>
            <ol>
              {documents.map(({ title, source, score }) => (
                <li key={source + title}>
                  <span className="score">{score.toFixed(2)}</span> {title} <small>{source}</small>
                </li>
              ))}
            </ol>
          </details>
        )}
        {/* Read out when it is whole, and not word by word. */}
        <div aria-live="polite" aria-busy={isStreaming}>
          <AnswerText text={text} />
        </div>
        <p className={state === "failed" ? "notice" : "activity"} role="status">
          {isReconnecting && isStreaming ? "The connection is gone. Coming back …" : activity}
          {state === "stopped" && "Stopped."}
        </p>
      </div>
    </article>
  );
}

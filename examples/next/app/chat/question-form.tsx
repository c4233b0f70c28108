// Where a question is written.

"use client";

import { useState, type FormEvent, type KeyboardEvent } from "react";

const SUGGESTIONS = [
  "Why does a token work once?",
  "How does a stream survive a reconnect?",
  "What does a proxy need?",
];

interface Props {
  isStreaming: boolean;
  /** Whether nothing was asked before. */
  isFirst: boolean;
  onAsk: (question: string) => void;
  onStop: () => void;
}

export function QuestionForm({ isStreaming, isFirst, onAsk, onStop }: Props) {
  const [question, setQuestion] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isStreaming || !question.trim()) return;
    onAsk(question);
    setQuestion("");
  }

  /** Enter asks, Shift and Enter begin a new line. */
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) submit(event);
  }

  return (
    <form className="panel ask" onSubmit={submit}>
      {isFirst && (
        <div className="suggestions">
          {SUGGESTIONS.map((it) => (
            <button key={it} className="quiet" type="button" onClick={() => setQuestion(it)}>
              {it}
            </button>
          ))}
        </div>
      )}
      <label htmlFor="question">Question</label>
      <div className="row">
        <textarea
          id="question"
          rows={2}
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
          onKeyDown={onKeyDown}
          maxLength={16_000}
          required
        />
        {isStreaming ? (
          <button className="primary" type="button" onClick={onStop}>
            Stop
          </button>
        ) : (
          <button className="primary">Ask</button>
        )}
      </div>
    </form>
  );
}

// One question, and what has come of its answer.

import type { RetrievedDocument } from "sse-gate-client/react";

export interface Turn {
  key: number;
  question: string;
  text: string;
  documents: RetrievedDocument[];
  /** What is being done, or what went wrong; empty if there is nothing to say. */
  activity: string;
  state: "streaming" | "completed" | "stopped" | "failed";
  isReconnecting: boolean;
}

let count = 0;

export function newTurn(question: string): Turn {
  return {
    key: ++count,
    question,
    text: "",
    documents: [],
    activity: "asking …",
    state: "streaming",
    isReconnecting: false,
  };
}

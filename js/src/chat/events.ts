// The events of an answer, as the server of a chat sends them.

/** A few words more of the text: `message_chunk`. */
export interface MessageChunk {
  /** The words, white space included. The text is all of them, put together. */
  content: string;
}

/** What is being done: `agent_status`. */
export interface AgentStatus {
  /** Who does it, such as `retriever` or `writer`. */
  agent: string;
  /** Whether it is still being done. */
  status: "working" | "completed";
  /** What it is, for people. */
  message: string;
}

/** Where a passage stands. */
export interface Source {
  /** The headings above it. */
  title: string;
  /** Its document. */
  source: string;
}

/** A passage that was found. */
export interface RetrievedDocument extends Source {
  /** How well it fits. Of two in one answer the higher fits better. */
  score: number;
}

/** What was found: `retrieval_log`. */
export interface RetrievalLog {
  /** The best passages, the best one first. */
  documents: RetrievedDocument[];
  /** How many passages were searched. */
  searched: number;
  /** How many of them fit. */
  found: number;
}

/** The end of the answer: `done`. */
export interface Done {
  /** `stopped` if it was ended before it was complete. */
  status: "completed" | "stopped";
  /** How many pieces of text there were. */
  chunks: number;
  /** What was quoted, in that order. */
  sources: Source[];
}

/** The data of each name. */
export interface ChatEvents {
  message_chunk: MessageChunk;
  agent_status: AgentStatus;
  retrieval_log: RetrievalLog;
  done: Done;
}

/** One event of an answer. */
export type ChatEvent = {
  [N in keyof ChatEvents]: { type: N; data: ChatEvents[N] };
}[keyof ChatEvents];

/** The names. */
export const CHAT_EVENTS: (keyof ChatEvents)[] = [
  "message_chunk",
  "agent_status",
  "retrieval_log",
  "done",
];

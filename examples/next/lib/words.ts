// Errors for people.

import { MintError } from "sse-gate-client";

const WORDS: Record<number, string> = {
  401: "You are not signed in any more",
  403: "That is not yours",
  404: "That is not there, or no longer",
  413: "That is too long",
  422: "The server can't make sense of that",
  429: "You have too many of these at once",
  502: "The server gives no answer",
  503: "The server has no room for more at the moment",
};

/** What an error means, what the server says to it, and when to try again. */
export function inWords(error: unknown): string {
  const { cause } = error as Error;
  if (cause instanceof MintError) return inWords(cause);
  if (!(error instanceof MintError)) return (error as Error).message;
  const words = [WORDS[error.status], error.message].filter(Boolean).join(": ");
  if (!error.retryAfter) return words;
  return `${words}. Try again in ${Math.ceil(error.retryAfter / 1000)} s.`;
}

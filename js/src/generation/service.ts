// Trades the JWT for a token that opens one stream.

import { postForToken } from "../mint.js";
import type { SSETokenResponse } from "./types.js";

export interface GenerationServiceInit {
  /** What comes before the server's paths, such as `https://api.example.com`. Default: this origin. */
  baseUrl?: string;
  /** Returns the JWT. It is called for each token, and what it returns is not kept. */
  accessToken: () => string | Promise<string>;
}

/** What a token is asked for with, beside the generation. */
export interface TokenOptions {
  /** The last event that was received, after which the stream goes on. Default: from the beginning. */
  lastEventId?: string;
  signal?: AbortSignal;
}

/**
 * Asks for a token that opens the stream of a generation once. The JWT goes into a header.
 *
 * @throws MintError if the server refuses: 401, 403 not this user's, 404 no such generation.
 */
export async function getSSEToken(
  generationId: string,
  { baseUrl, accessToken, lastEventId, signal }: GenerationServiceInit & TokenOptions,
): Promise<SSETokenResponse> {
  const path = `/generations/generate/${encodeURIComponent(generationId)}/stream-token`;
  const bearer = await accessToken();
  return postForToken<SSETokenResponse>(withBase(path, baseUrl), {
    headers: { Authorization: `Bearer ${bearer}` },
    json: lastEventId ? { last_event_id: lastEventId } : {},
    ...(signal && { signal }),
  });
}

/** Asks for tokens. The JWT comes from a function, and is stored nowhere. */
export class GenerationService {
  readonly baseUrl: string;
  #accessToken;

  constructor({ baseUrl = "", accessToken }: GenerationServiceInit) {
    this.baseUrl = baseUrl;
    this.#accessToken = accessToken;
  }

  /** See the function of this name. */
  getSSEToken(generationId: string, options: TokenOptions = {}): Promise<SSETokenResponse> {
    const { baseUrl } = this;
    return getSSEToken(generationId, { ...options, baseUrl, accessToken: this.#accessToken });
  }
}

/** The server's path behind the base; an address that is whole stays as it is. */
export function withBase(path: string, baseUrl = ""): string {
  return path.startsWith("/") ? baseUrl.replace(/\/+$/, "") + path : path;
}

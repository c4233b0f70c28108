// What the server of a generation sends.

/** What `POST …/stream-token` answers. */
export interface SSETokenResponse {
  /** Opens one stream, once. */
  sse_token: string;
  /** Seconds until it expires. */
  expires_in: number;
  /** The path of the stream, without the token. */
  stream_url: string;
  generation_id: string;
}

/** One record of a generation's progress. */
export interface StreamingProgressEvent {
  generation_id: string;
  /** `completed` and `failed` are final. */
  status: "pending" | "processing" | "completed" | "failed";
  stage: string;
  /** 0.0 to 1.0. */
  progress: number;
  message: string;
  /** Unix seconds. */
  timestamp: number;
  ab_group?: string;
  enhanced_features?: Record<string, boolean>;
  generation_mode?: string;
  /** Seconds. */
  estimated_time_remaining?: number;
  current_file?: string;
}

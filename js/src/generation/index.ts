// Follows the progress of a generation.

export { KeyMetrics } from "./metrics.js";
export type { KeyMetricsSummary, Track, TrackedProperties } from "./metrics.js";
export { GenerationMonitor } from "./monitor.js";
export type { GenerationMonitorInit } from "./monitor.js";
export { GenerationService, getSSEToken } from "./service.js";
export type { GenerationServiceInit, TokenOptions } from "./service.js";
export type { SSETokenResponse, StreamingProgressEvent } from "./types.js";
export { MintError } from "../mint.js";
export { StreamError } from "../stream-error.js";

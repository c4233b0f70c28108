import { GenerationMonitor, GenerationService, KeyMetrics } from "sse-gate-client/generation";

const metrics = new KeyMetrics();
const service = new GenerationService({
  baseUrl: "https://api.example.com",
  accessToken: () => session.accessToken,
});

const monitor = new GenerationMonitor("gen-123", { service, track: metrics.track });
await monitor.startStreaming(
  ({ progress, message }) => console.log(`${Math.round(progress * 100)}% ${message}`),
  (error) => console.error(error.message),
  () => console.log("complete", metrics.summary()),
);

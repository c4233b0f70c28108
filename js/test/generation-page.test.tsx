// The progress page of a generation, with a faked EventSource.

import "./dom.js";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { StrictMode, useEffect, useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { GenerationMonitor, type StreamingProgressEvent } from "../src/generation/index.js";
import { fakeEventSource } from "./fake-event-source.js";
import { until } from "./helpers.js";

afterEach(cleanup);

const generationService = {
  baseUrl: "http://127.0.0.1:9",
  getSSEToken: vi.fn(async (id: string) => ({
    sse_token: "test-token",
    expires_in: 60,
    stream_url: `/generations/${id}/stream`,
    generation_id: id,
  })),
};

function GenerationPage({ id, onComplete }: { id: string; onComplete: () => void }) {
  const [latest, setLatest] = useState<StreamingProgressEvent | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    const monitor = new GenerationMonitor(id, { service: generationService });
    monitor
      .startStreaming(setLatest, ({ message }) => setError(message), onComplete)
      .catch(() => {});
    return () => monitor.stopStreaming();
  }, [id, onComplete]);
  return (
    <main>
      <p>{latest?.message ?? "Initializing..."}</p>
      <p>{Math.round((latest?.progress ?? 0) * 100)}%</p>
      <p role="alert">{error}</p>
    </main>
  );
}

it("completes the full streaming flow", async () => {
  const made = fakeEventSource();
  const onComplete = vi.fn();
  const page = <GenerationPage id="gen-123" onComplete={onComplete} />;
  render(<StrictMode>{page}</StrictMode>);
  await until(() => made.length > 0);
  expect(generationService.getSSEToken).toHaveBeenCalledWith("gen-123", expect.anything());
  // Of the two effects of the strict mode the first has opened nothing.
  expect(made.length).toBe(1);
  made[0]!.opens();
  const record = { generation_id: "gen-123", stage: "schema_extraction", timestamp: 1 };
  const message = "Extracting schema...";
  made[0]!.says({ ...record, status: "processing", progress: 0.5, message });
  await waitFor(() => {
    expect(screen.getByText(/50%/)).toBeTruthy();
    expect(screen.getByText(/Extracting schema/)).toBeTruthy();
  });
  made[0]!.says({ ...record, status: "completed", progress: 1, message: "done" });
  await waitFor(() => expect(screen.getByText(/100%/)).toBeTruthy());
  expect(onComplete).toHaveBeenCalledOnce();
  expect(made[0]!.close).toHaveBeenCalled();
  expect(screen.getByRole("alert").textContent).toBe("");
});

it("shows that the token was refused", async () => {
  fakeEventSource();
  generationService.getSSEToken.mockRejectedValueOnce(new Error("no such generation"));
  render(<GenerationPage id="gen-404" onComplete={vi.fn()} />);
  await waitFor(() => expect(screen.getByRole("alert").textContent).toBe("no such generation"));
});

it("closes the stream when it is left", async () => {
  const made = fakeEventSource();
  const { unmount } = render(<GenerationPage id="gen-123" onComplete={vi.fn()} />);
  await until(() => made.length === 1);
  unmount();
  expect(made[0]!.close).toHaveBeenCalled();
});

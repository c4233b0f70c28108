import { useState } from "react";
import { useStreaming } from "sse-gate-client/react";

export function Chat({ sessionId }: { sessionId: string }) {
  const { sendStreamingMessage, isStreaming, stop } = useStreaming({
    stopUrl: (id) => `/api/chat/stream/${id}/stop`,
  });
  const [text, setText] = useState("");
  const [error, setError] = useState("");

  const ask = (message: string) =>
    sendStreamingMessage(message, sessionId, {
      onMessageChunk: (_, text) => setText(text),
      onError: ({ message }) => setError(message),
    });

  return (
    <main>
      <p aria-busy={isStreaming}>{text}</p>
      <p role="alert">{error}</p>
      <button onClick={() => ask("What is a token?")}>Ask</button>
      <button onClick={stop} disabled={!isStreaming}>
        Stop
      </button>
    </main>
  );
}

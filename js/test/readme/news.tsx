import { postForToken, type TokenAnswer } from "sse-gate-client";
import { useEventStream } from "sse-gate-client/react";

export function News({ topic }: { topic: string }) {
  const { status, lastEvent } = useEventStream({
    url: `/topics/${topic}/stream`,
    mint: ({ signal }) => postForToken<TokenAnswer>(`/topics/${topic}/stream-token`, { signal }),
    onEvent: ({ type, data }) => console.log(type, data),
  });
  return <p title={status.state}>{lastEvent?.data}</p>;
}

import { SseGateChatTransport, type SseGateUIMessage } from "sse-gate-client/ai";

export const transport = new SseGateChatTransport<SseGateUIMessage>({
  headers: () => ({ Authorization: `Bearer ${session.accessToken}` }),
  stopUrl: (id) => `/api/chat/stream/${id}/stop`,
});
// const { messages, sendMessage, stop } = useChat({ transport, resume: true });

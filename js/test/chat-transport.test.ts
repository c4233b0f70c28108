// The transport with the AI SDK's own chat, over real sockets.

import {
  AbstractChat,
  readUIMessageStream,
  type ChatState,
  type ChatStatus,
  type UIMessage,
} from "ai";
import { expect, it } from "vitest";
import { SseGateChatTransport, type ChatInit, type SseGateUIMessage } from "../src/ai/index.js";
import { chunks, done, LOG, STATUS } from "./chat-script.js";
import { cuttingProxy } from "./cutting-proxy.js";
import { demo, signIn } from "./demo-server.js";
import { record } from "./foreign/table.js";
import { MODULES, npmVersion } from "./foreign/versions.js";
import { aMoment, atEnd, COMPLETE, events, HURRY, json, opening, serve, until } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

/** What a chat shows, without a framework. */
class State implements ChatState<SseGateUIMessage> {
  status: ChatStatus = "ready";
  error: Error | undefined = undefined;
  messages: SseGateUIMessage[] = [];
  pushMessage = (message: SseGateUIMessage) => void this.messages.push(message);
  popMessage = () => void this.messages.pop();
  replaceMessage = (index: number, message: SseGateUIMessage) => {
    this.messages[index] = structuredClone(message);
  };
  snapshot = <T>(thing: T): T => structuredClone(thing);
}

class Chat extends AbstractChat<SseGateUIMessage> {
  finished: { isAbort: boolean; isError: boolean }[] = [];
  constructor(transport: SseGateChatTransport<SseGateUIMessage>, state = new State()) {
    super({ id: "chat-1", state, transport, onFinish: (it) => this.finished.push(it) });
  }
  get parts() {
    return this.lastMessage?.parts ?? [];
  }
  get text(): string {
    return this.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  }
}

const ID = json({ stream_id: "s1" });

/** What a chat calls the transport with. */
const QUESTION: Parameters<SseGateChatTransport["sendMessages"]>[0] = {
  trigger: "submit-message",
  chatId: "chat-1",
  messageId: undefined,
  messages: [{ id: "1", role: "user", parts: [{ type: "text", text: "q" }] }],
  abortSignal: undefined,
};

async function over(answers: Parameters<typeof serve>, init: ChatInit = {}) {
  const server = await serve(...answers);
  const transport = new SseGateChatTransport<SseGateUIMessage>({
    initiateUrl: server.url("/ask"),
    streamUrl: (id) => server.url(`/answers/${id}`),
    stopUrl: (id) => server.url(`/answers/${id}/stop`),
    stream: HURRY,
    ...init,
  });
  atEnd(() => transport.close());
  const paths = () => server.seen.map(({ method, url }) => `${method} ${url}`);
  return { server, paths, transport, chat: new Chat(transport) };
}

it("an answer that is cut in the middle is whole and not doubled", async () => {
  const { server, paths, chat } = await over([
    ID,
    stream(`${opening(0)}${chunks(0, 1, "Hel", "lo")}event: message_chunk\ndata: {"con`, "reset"),
    stream(opening(1) + chunks(1, 3, ", ", "world") + done(4) + COMPLETE),
  ]);
  await chat.sendMessage({ text: "a question" });
  expect(chat.status).toBe("ready");
  expect(chat.text).toBe("Hello, world");
  expect(chat.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
  expect(chat.finished).toMatchObject([{ isAbort: false, isError: false, finishReason: "stop" }]);
  expect(paths()).toEqual(["POST /ask", "GET /answers/s1", "GET /answers/s1"]);
  expect(JSON.parse(server.seen[0]!.body)).toEqual({ message: "a question", session_id: "chat-1" });
});

it("statuses, the log and the sources are parts of the message", async () => {
  const statuses = events(
    ["agent_status", STATUS],
    ["retrieval_log", LOG],
    ["agent_status", { ...STATUS, status: "completed" }],
  );
  const { chat } = await over([ID, stream(opening(0) + statuses + chunks(0, 4, "Hi") + done(1))]);
  await chat.sendMessage({ text: "q" });
  expect(chat.parts).toMatchObject([
    { type: "data-agent-status", id: "retriever", data: { status: "completed" } },
    { type: "data-retrieval-log", data: LOG },
    { type: "text", text: "Hi", state: "done" },
    { type: "source-document", title: "Tokens", filename: "README.md", mediaType: "text/markdown" },
  ]);
});

it("its chunks can be read without a chat", async () => {
  const { transport } = await over([ID, stream(opening(0) + chunks(0, 1, "a", "b") + done(2))]);
  const read = readUIMessageStream({ stream: await transport.sendMessages(QUESTION) });
  let last: UIMessage | undefined;
  for await (const message of read) last = message;
  expect(last!.role).toBe("assistant");
  expect(last!.parts).toMatchObject([{ type: "text", text: "ab" }, { type: "source-document" }]);
});

it("sends the headers and the body of the chat", async () => {
  const headers = () => ({ Authorization: "Bearer j" });
  const { server, chat } = await over([ID, stream(opening(0) + done(0))], { headers });
  await chat.sendMessage(
    { text: "q" },
    { headers: { "X-Trace": "1" }, body: { model: "small", message: "another" } },
  );
  expect(server.seen[0]!.headers).toMatchObject({ authorization: "Bearer j", "x-trace": "1" });
  expect(JSON.parse(server.seen[0]!.body)).toMatchObject({ model: "small", message: "q" });
});

it("an answer that breaks off is an error", async () => {
  const { chat } = await over([ID, stream(chunks(0, 1, "Hel"), "end")]);
  await chat.sendMessage({ text: "q" });
  expect(chat.status).toBe("error");
  expect(chat.error?.message).toBe("the answer broke off (ended)");
  expect(chat.text).toBe("Hel");
});

it("a message that is refused is an error", async () => {
  const { chat } = await over([json({ detail: "too many" }, 429)]);
  await chat.sendMessage({ text: "q" });
  expect(chat.status).toBe("error");
  expect(chat.error?.message).toBe("too many");
});

it("a message without text is none", async () => {
  const { chat, paths } = await over([ID]);
  await chat.sendMessage({ text: "" });
  expect(chat.error?.message).toBe("the message has no text");
  expect(paths()).toEqual([]);
});

it("a stop ends the answer here and on the server", async () => {
  const { chat, paths, transport } = await over([
    ID,
    stream(opening(0) + chunks(0, 1, "Hi")),
    json({}, 202),
  ]);
  const sent = chat.sendMessage({ text: "q" });
  await until(() => chat.text === "Hi");
  await chat.stop();
  await sent;
  expect(chat.status).toBe("ready");
  expect(chat.finished).toMatchObject([{ isAbort: true }]);
  await until(() => paths().length === 3);
  expect(paths()[2]).toBe("POST /answers/s1/stop");
  expect(await transport.reconnectToStream({ chatId: "chat-1" })).toBe(null);
});

it("a stop while the message is sent opens nothing", async () => {
  const { chat, paths } = await over([() => {}]);
  const sent = chat.sendMessage({ text: "q" });
  await until(() => paths().length === 1);
  await chat.stop();
  await sent;
  await aMoment();
  expect(paths()).toEqual(["POST /ask"]);
  expect(chat.status).toBe("ready");
});

it("a chat that comes back goes on with the answer from its beginning", async () => {
  let tell = (_: string) => {};
  const { chat, paths, transport } = await over([
    ID,
    (response, seen) => {
      tell = (text) => void response.write(text);
      return stream(opening(0) + chunks(0, 1, "Hel"))(response, seen);
    },
  ]);
  void chat.sendMessage({ text: "q" });
  await until(() => chat.text === "Hel");
  const state = new State();
  state.messages = structuredClone(chat.messages);
  const again = new Chat(transport, state);
  // In strict mode the effect of the component does it twice.
  const resumed = [again.resumeStream(), again.resumeStream()];
  await until(() => again.status === "streaming");
  tell(chunks(0, 2, "lo") + done(2) + COMPLETE);
  await Promise.all(resumed);
  expect(again.text).toBe("Hello");
  expect(again.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
  expect(paths()).toEqual(["POST /ask", "GET /answers/s1"]);
  expect(await transport.reconnectToStream({ chatId: "chat-1" })).toBe(null);
});

it("a resumed chat can stop the answer", async () => {
  const { transport, paths } = await over([
    ID,
    stream(opening(0) + chunks(0, 1, "Hel")),
    json({}, 202),
  ]);
  const first = await transport.sendMessages(QUESTION);
  // Its component is gone.
  await first.cancel();
  const chat = new Chat(transport);
  const resumed = [chat.resumeStream(), chat.resumeStream()];
  await until(() => chat.text === "Hel");
  expect(paths().length).toBe(2);
  await chat.stop();
  await Promise.all(resumed);
  await until(() => paths().length === 3);
  expect(paths()[2]).toBe("POST /answers/s1/stop");
});

it("an answer whose reader has gone is kept to its end, for the next reader", async () => {
  const { transport, paths } = await over([
    ID,
    stream(opening(0) + chunks(0, 1, "Hi") + done(1) + COMPLETE),
  ]);
  const first = await transport.sendMessages(QUESTION);
  await first.cancel();
  await until(() => paths().length === 2);
  await aMoment();
  const chat = new Chat(transport);
  await chat.resumeStream();
  expect(chat.text).toBe("Hi");
  await chat.resumeStream();
  expect(chat.messages.length).toBe(1);
});

it("a chat without an answer has none to go on with", async () => {
  const { chat, transport } = await over([status(500)]);
  expect(await transport.reconnectToStream({ chatId: "chat-1" })).toBe(null);
  await chat.resumeStream();
  expect(chat.status).toBe("ready");
});

it("another message of the same chat stops the answer before it", async () => {
  const whole = stream(opening(0) + chunks(0, 1, "second") + done(1) + COMPLETE);
  const { transport, paths, server } = await over([
    (response, { method, url }) => {
      const seen = server.seen.at(-1)!;
      if (method === "GET")
        return (
          paths().filter((it) => it.startsWith("GET")).length === 1
            ? stream(opening(0) + chunks(0, 1, "first"))
            : whole
        )(response, seen);
      return (url === "/ask" ? ID : json({}, 202))(response, seen);
    },
  ]);
  const [first, second] = [new Chat(transport), new Chat(transport)];
  const sent = first.sendMessage({ text: "1" });
  await until(() => first.text === "first");
  await second.sendMessage({ text: "2" });
  await sent;
  expect(second.text).toBe("second");
  expect(paths()).toContain("POST /answers/s1/stop");
});

it("an answer of the demo is whole, however often it is cut", async () => {
  const origin = await demo("--pace", "5");
  const proxy = await cuttingProxy(origin, { cuts: 3, after: 1_000 });
  const jwt = await signIn(origin);
  const at = `${proxy.origin}/api/chat/stream`;
  const transport = new SseGateChatTransport<SseGateUIMessage>({
    initiateUrl: `${at}/initiate`,
    streamUrl: (id) => `${at}/${id}`,
    headers: () => ({ Authorization: `Bearer ${jwt}` }),
    stream: HURRY,
  });
  const chat = new Chat(transport);
  await chat.sendMessage({ text: "What is a token?" });
  expect(chat.error).toBe(undefined);
  expect(chat.text.split("The repository's documents say:").length).toBe(2);
  expect(chat.parts.at(-1)).toMatchObject({ type: "source-document" });
  expect(proxy.cuts).toBe(3);
  await aMoment();
  expect(proxy.asked).toBe(4);
  const client = `\`ai\` ${npmVersion("ai", MODULES)} with \`sse-gate-client/ai\``;
  // Each answer has an id of its own, and all attempts the same.
  record("clients", { client, runs: "Node", fresh: null, same: "the client", over: "the client" });
});

// Fastify with better-sse: a JWT is verified before a ticket is given, tickets are in a map, streams in a channel.
//
//     node server.js

import { randomBytes, randomUUID } from "node:crypto";
import jwt from "@fastify/jwt";
import { createChannel, createSession } from "better-sse";
import fastify from "fastify";

const app = fastify();
await app.register(jwt, { secret: randomBytes(32), sign: { algorithm: "HS256", expiresIn: "1h" } });
const tickets = new Map();
const channel = createChannel();

app.post("/demo/login", async (request) => {
  return { access_token: app.jwt.sign({ sub: request.body.username }) };
});

app.post("/token", async (request) => {
  await request.jwtVerify();
  const ticket = randomUUID();
  tickets.set(ticket, request.user.sub);
  return { sse_token: ticket };
});

app.get("/stream", async (request, reply) => {
  if (!tickets.delete(request.query.token)) {
    return reply.code(401).send();
  }
  reply.hijack();
  // Texts are sent as they are, and not as JSON of their own.
  const session = await createSession(request.raw, reply.raw, { serializer: (text) => text });
  channel.register(session);
});

app.post("/publish", async (request) => {
  channel.broadcast(request.body);
  return "";
});

console.log(`listening on ${await app.listen({ port: 0, host: "127.0.0.1" })}`);

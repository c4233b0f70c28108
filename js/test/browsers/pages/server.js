// The demo's HTTP interface.

import { postForToken } from "/dist/index.js";

/** Signs in, once for this page and its tabs: the demo lets a name in ten times at once. The JWT. */
export function signIn() {
  const json = { username: "alice", password: "demo" };
  top.jwt ??= postForToken("/demo/login", { json }).then((answer) => answer.access_token);
  return top.jwt;
}

const bearer = (jwt) => ({ Authorization: `Bearer ${jwt}` });

/** Mints tokens for a topic, to go on after the last event. */
export function feedMint(jwt, topic) {
  return mintAt(jwt, `/topics/${topic}/stream-token`);
}

/** Mints tokens at this path. */
export function mintAt(jwt, path) {
  return ({ lastEventId, signal }) =>
    postForToken(path, {
      headers: bearer(jwt),
      json: { last_event_id: lastEventId || null },
      signal,
    });
}

/** Starts a generation; its id. */
export async function startGeneration(jwt, source) {
  const answer = await postForToken("/generations", { headers: bearer(jwt), json: { source } });
  return answer.generation_id;
}

// The demo's HTTP interface.

import { postForToken } from "/dist/index.js";

/** Signs in; the JWT. */
export async function signIn() {
  const json = { username: "alice", password: "demo" };
  return (await postForToken("/demo/login", { json })).access_token;
}

const bearer = (jwt) => ({ Authorization: `Bearer ${jwt}` });

/** Mints a token for a topic, to go on after the last event. */
export function feedMint(jwt, topic) {
  return ({ lastEventId, signal }) =>
    postForToken(`/topics/${topic}/stream-token`, {
      headers: bearer(jwt),
      json: { last_event_id: lastEventId },
      signal,
    });
}

/** Starts a generation; its id. */
export async function startGeneration(jwt, source) {
  const answer = await postForToken("/generations", { headers: bearer(jwt), json: { source } });
  return answer.generation_id;
}

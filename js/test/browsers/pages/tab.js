// One tab of several that share a stream.

import { SharedEventSource } from "/dist/shared.js";
import { feedMint, signIn } from "/pages/server.js";

const { topic } = Object.fromEntries(new URLSearchParams(location.search));
const jwt = await signIn();
const numbers = [];
const statuses = [];
let mints = 0;
const source = new SharedEventSource("feed", `/topics/${topic}/stream`, {
  mint: (attempt) => {
    mints += 1;
    return feedMint(jwt, topic)(attempt);
  },
  onstatus: ({ state }) => statuses.push(state),
  base: 20,
  floor: 10,
});
source.onmessage = ({ data }) => numbers.push(JSON.parse(data).n);
window.tab = { source, numbers, statuses, mints: () => mints };

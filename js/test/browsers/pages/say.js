// Tells the test what happens, in its order.

let saying = Promise.resolve();

export function say(what) {
  const init = { method: "POST", body: JSON.stringify(what) };
  saying = saying.then(() => fetch("/say", init));
}

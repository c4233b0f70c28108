// Rust code with a little colour, as text in spans.

import { element } from "./view.js";

const PARTS = [
  ["string", /"(?:[^"\\]|\\.)*"/],
  ["attribute", /#\[/],
  ["keyword", /\b(?:pub|struct|type|use)\b/],
  ["builtin", /\b(?:bool|i64|u64|i128|f64|String|Vec|Option)\b/],
  ["name", /\b[A-Z]\w*\b/],
];

const ANY = new RegExp(PARTS.map(([name, part]) => `(?<${name}>${part.source})`).join("|"), "g");

/** Shows the code in an element. */
export function showRust(node, code) {
  node.replaceChildren();
  let end = 0;
  for (const match of code.matchAll(ANY)) {
    const [kind] = Object.entries(match.groups).find(([, text]) => text !== undefined);
    node.append(code.slice(end, match.index), element("span", `rust-${kind}`, match[0]));
    end = match.index + match[0].length;
  }
  node.append(code.slice(end));
}

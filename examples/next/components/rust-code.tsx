// Rust code with a little colour.

const PARTS = [
  ["string", /"(?:[^"\\]|\\.)*"/],
  ["attribute", /#\[/],
  ["keyword", /\b(?:pub|struct|type|use)\b/],
  ["builtin", /\b(?:bool|i64|u64|i128|f64|String|Vec|Option)\b/],
  ["name", /\b[A-Z]\w*\b/],
] as const;

const ANY = new RegExp(PARTS.map(([name, part]) => `(?<${name}>${part.source})`).join("|"), "g");

export function RustCode({ code }: { code: string }) {
  return (
    <pre className="code" tabIndex={0} aria-label="Rust code">
      <code>
        {pieces(code).map(({ kind, text }, index) => (
          <span key={index} className={kind && `rust-${kind}`}>
            {text}
          </span>
        ))}
      </code>
    </pre>
  );
}

interface Piece {
  kind?: string | undefined;
  text: string;
}

function pieces(code: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of code.matchAll(ANY)) {
    const kind = Object.entries(match.groups!).find(([, text]) => text !== undefined)?.[0];
    found.push({ text: code.slice(end, match.index) }, { kind, text: match[0] });
    end = match.index + match[0].length;
  }
  return [...found, { text: code.slice(end) }];
}

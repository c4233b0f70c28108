// The text of an answer: paragraphs, and code between fences. It is shown as text, never as HTML.

export function AnswerText({ text }: { text: string }) {
  // Every second piece is code; a fence whose end has not come is code to the end.
  const pieces = text.split(/^```.*\n?/m);
  return pieces.map((piece, index) =>
    index % 2 ? (
      <pre key={index} className="code" tabIndex={0} aria-label="Code">
        {piece.trimEnd()}
      </pre>
    ) : (
      piece.trim() && (
        <p key={index} className="prose">
          {piece.trim()}
        </p>
      )
    ),
  );
}

// What a page shows that could not be made, such as while the backend is away.

"use client";

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <section className="panel narrow" role="alert">
      <h1>That did not work</h1>
      <p>The server gives no answer, or not the right one.</p>
      <button className="primary" type="button" onClick={reset}>
        Try again
      </button>
    </section>
  );
}

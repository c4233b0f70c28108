// What an address without a page shows.

import Link from "next/link";

export default function NotFound() {
  return (
    <section className="panel narrow">
      <h1>There is nothing here</h1>
      <p>The page does not exist, or what it showed is gone.</p>
      <p>
        <Link href="/generations">Go to the first page</Link>
      </p>
    </section>
  );
}

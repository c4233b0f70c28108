// Starts a generation.

import type { Metadata } from "next";
import { StartForm } from "./start-form";

export const metadata: Metadata = { title: "Generate" };

export default function GenerationsPage() {
  return (
    <section className="panel" aria-labelledby="title">
      <h1 id="title">Rust types from a JSON sample</h1>
      <p className="muted">
        Paste a sample of your data. The server works out types for it, and this page shows how far
        it is.
      </p>
      <StartForm />
    </section>
  );
}

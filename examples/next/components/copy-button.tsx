// Copies a text.

"use client";

import { useState } from "react";

export function CopyButton({ text }: { text: string }) {
  const [label, setLabel] = useState("Copy");
  const copy = () =>
    // There is no clipboard over plain http, but on this machine.
    Promise.resolve(navigator.clipboard?.writeText(text) ?? Promise.reject()).then(
      () => setLabel("Copied"),
      () => setLabel("Not copied"),
    );
  return (
    <button className="quiet" type="button" onClick={copy} aria-live="polite">
      {label}
    </button>
  );
}

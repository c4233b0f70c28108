// The form that starts a generation, and goes to its progress.

"use client";

import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { postForToken } from "sse-gate-client";
import { inWords } from "@/lib/words";
import { SAMPLE } from "./sample";

export function StartForm() {
  const router = useRouter();
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function start(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const json = { source: form.get("source"), name: form.get("name") || undefined };
    setIsBusy(true);
    setError(null);
    try {
      const answer = await postForToken<{ generation_id: string }>("/api/generations", { json });
      router.push(`/generations/${encodeURIComponent(answer.generation_id)}`);
    } catch (error) {
      setError(inWords(error));
      setIsBusy(false);
    }
  }

  return (
    <form className="fields" onSubmit={start}>
      <label htmlFor="source">JSON sample</label>
      <textarea
        id="source"
        name="source"
        rows={16}
        spellCheck={false}
        defaultValue={SAMPLE}
        required
      />
      <label htmlFor="name">Name of the type</label>
      <input id="name" name="name" defaultValue="Order" autoComplete="off" />
      {error && (
        <p className="notice" role="alert">
          {error}
        </p>
      )}
      <button className="primary" disabled={isBusy}>
        {isBusy ? "Starting …" : "Generate"}
      </button>
    </form>
  );
}

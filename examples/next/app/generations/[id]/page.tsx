// The progress of one generation, as it comes.

"use client";

import Link from "next/link";
import { useParams, useRouter } from "next/navigation";
import { useEffect } from "react";
import { Stages } from "./stages";
import { useGeneration } from "./use-generation";

/** How long the end is shown before the result is, in milliseconds. */
const PAUSE_MS = 1_500;

export default function GenerationPage() {
  const { id } = useParams<{ id: string }>();
  const router = useRouter();
  const { progress, status, stage, message, connection, error } = useGeneration(id);
  const results = `/generations/${id}/results`;
  const isDone = status === "completed";

  useEffect(() => {
    if (!isDone) return;
    router.prefetch(results);
    const timer = setTimeout(() => router.push(results), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [isDone, results, router]);

  const percent = Math.round(progress * 100);
  return (
    <section className="panel" aria-labelledby="title">
      <div className="panel-title">
        <h1 id="title">Generation progress</h1>
        <span className="badge" data-status={error ? "failed" : status}>
          {error ? "not followed" : status}
        </span>
      </div>
      <div className="meter">
        <progress max={1} value={progress} aria-labelledby="title" />
        <output>{percent}%</output>
      </div>
      <Stages current={stage} isDone={isDone} />
      {/* Each number would be too much to hear: the status and the stage are read out. */}
      {!error && <p className="message">{message}</p>}
      <p className="unseen" role="status">
        {!error && `${status}: ${stage.replace("_", " ")}`}
      </p>
      {connection && <p className="muted">{connection}</p>}
      {error && (
        <p className="notice" role="alert">
          {error}
        </p>
      )}
      {isDone && (
        <p>
          <Link href={results}>Show the result</Link>
        </p>
      )}
      {(error || status === "failed") && (
        <p>
          <Link href="/generations">Start another one</Link>
        </p>
      )}
    </section>
  );
}

// The result of a generation, put together on the server.

import type { Metadata } from "next";
import { headers } from "next/headers";
import Link from "next/link";
import { notFound, redirect } from "next/navigation";
import { CopyButton } from "@/components/copy-button";
import { RustCode } from "@/components/rust-code";
import { backendUrl } from "@/lib/backend";
import { segment } from "@/lib/segment";
import { bearerOf } from "@/lib/session";

export const metadata: Metadata = { title: "Result" };

interface GenerationAnswer {
  name: string;
  status: string;
  message: string;
  /** The code, once it is complete. */
  result?: string;
}

type Props = { params: Promise<{ id: string }> };

export default async function ResultsPage({ params }: Props) {
  const id = segment((await params).id);
  const { name, message, result } = await read(id);
  if (result === undefined) redirect(`/generations/${id}`);
  return (
    <section className="panel" aria-labelledby="title">
      <div className="panel-title">
        <h1 id="title">{name}</h1>
        <span className="badge" data-status="completed">
          {message}
        </span>
        <CopyButton text={result} />
      </div>
      <RustCode code={result} />
      <p className="links">
        <Link href="/generations">Start another one</Link>
        <a href={`/api/generations/${id}`}>Show it as JSON</a>
      </p>
    </section>
  );
}

async function read(id: string): Promise<GenerationAnswer> {
  const bearer = bearerOf(await headers());
  const answer = await fetch(backendUrl(`/generations/${id}`), {
    headers: { Authorization: `Bearer ${bearer}` },
    cache: "no-store",
  });
  if (answer.status === 401) redirect("/login");
  if (answer.status === 403 || answer.status === 404) notFound();
  if (!answer.ok) throw new Error(`the backend answered ${answer.status}`);
  return answer.json();
}

// Answers of this app's own that say what is wrong (RFC 9457).

export function problem(status: number, title: string): Response {
  const headers = { "Content-Type": "application/problem+json", "Cache-Control": "no-store" };
  return new Response(JSON.stringify({ status, title }), { status, headers });
}

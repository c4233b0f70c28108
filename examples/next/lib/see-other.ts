// Redirects after a form.

/**
 * Sends the browser to another page of this app, by its path. An absolute URL would have the name that
 * this process has for itself, and not the one that the browser uses.
 */
export function seeOther(path: string, setCookie?: string): Response {
  const headers = new Headers({ Location: path, "Cache-Control": "no-store" });
  if (setCookie) headers.set("Set-Cookie", setCookie);
  return new Response(null, { status: 303, headers });
}

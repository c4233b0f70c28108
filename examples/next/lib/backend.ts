// Where the backend is.

/** A path at the backend's address, which is `BACKEND_API_URL`. Default: the demo server's own. */
export function backendUrl(path: string): URL {
  const base = process.env.BACKEND_API_URL ?? "http://127.0.0.1:3000";
  return new URL(base.replace(/\/+$/, "") + path);
}

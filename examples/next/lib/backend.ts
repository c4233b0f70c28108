// Where the backend is.

/** The address of the backend, from `BACKEND_API_URL`. Default: the demo server's own. */
export function backendUrl(path: string): URL {
  return new URL(path, process.env.BACKEND_API_URL ?? "http://127.0.0.1:3000");
}

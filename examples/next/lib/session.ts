// The session: the JWT in a cookie that no script sees.

/** What the backend's `POST /demo/login` answers. */
export interface LoginAnswer {
  access_token: string;
  /** Seconds. */
  expires_in: number;
}

/** Whether the browser speaks https. Next.js, or the proxy in front of it, says so. */
function isHttps(headers: Headers): boolean {
  return headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https";
}

/** With `__Host-`, no sibling host can set the cookie. A browser takes such a name over https only. */
function cookieName(headers: Headers): string {
  return isHttps(headers) ? "__Host-session" : "session";
}

/** The `Set-Cookie` that begins a session. */
export function sessionCookie(headers: Headers, { access_token, expires_in }: LoginAnswer): string {
  return setCookie(headers, access_token, expires_in);
}

/** The `Set-Cookie` that ends a session. */
export function endedCookie(headers: Headers): string {
  return setCookie(headers, "", 0);
}

function setCookie(headers: Headers, value: string, maxAge: number): string {
  const parts = [`${cookieName(headers)}=${value}`, "Path=/", `Max-Age=${maxAge}`];
  parts.push("HttpOnly", "SameSite=Strict");
  if (isHttps(headers)) parts.push("Secure");
  return parts.join("; ");
}

/** The JWT of a request; null if the user is not signed in. */
export function bearerOf(headers: Headers): string | null {
  const start = `${cookieName(headers)}=`;
  const cookies = headers.get("cookie")?.split(";") ?? [];
  const found = cookies.map((it) => it.trim()).find((it) => it.startsWith(start));
  // It goes into a header: only what a JWT is made of.
  return /^[\w.-]+$/.exec(found?.slice(start.length) ?? "")?.[0] ?? null;
}

/** Who is signed in, to be shown. It is the backend that checks the JWT. */
export function userOf(headers: Headers): string | null {
  const claims = bearerOf(headers)?.split(".")[1];
  if (!claims) return null;
  try {
    return String(JSON.parse(Buffer.from(claims, "base64url").toString()).sub);
  } catch {
    return null;
  }
}

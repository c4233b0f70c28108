// Requests that another site's page made.

/**
 * Whether a request may use the cookie. The browser says where a request comes from, and no page can
 * forge it. A program that is no browser sends neither header.
 */
export function isSameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  if (origin === null) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.get("host");
}

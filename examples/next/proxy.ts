// Before each page: who is not signed in goes to the login, and scripts run by a nonce only.

import { NextResponse, type NextRequest } from "next/server";
import { bearerOf } from "@/lib/session";

export const config = {
  // Pages: no routes that answer programs, and no files.
  matcher: ["/((?!api/|_next/|generations/generate/|icon.svg).*)"],
};

export function proxy(request: NextRequest): NextResponse {
  const { pathname } = request.nextUrl;
  if (pathname !== "/login" && !bearerOf(request.headers)) {
    return NextResponse.redirect(new URL("/login", request.nextUrl));
  }
  const policy = contentSecurityPolicy(Buffer.from(crypto.randomUUID()).toString("base64"));
  // Next.js takes the nonce for its own scripts from here.
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

/** The development server evaluates scripts, and puts styles into the page. */
function contentSecurityPolicy(nonce: string): string {
  const isDev = process.env.NODE_ENV === "development";
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDev ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${isDev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

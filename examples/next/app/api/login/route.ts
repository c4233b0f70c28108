// POST /api/login: a form goes in, the JWT comes back in a cookie. The next page is a redirect away.

import { backendUrl } from "@/lib/backend";
import { formOf } from "@/lib/form";
import { problem } from "@/lib/problem";
import { isSameOrigin } from "@/lib/same-origin";
import { sessionCookie, type LoginAnswer } from "@/lib/session";
import { seeOther } from "@/lib/see-other";

export const dynamic = "force-dynamic";

export async function POST(request: Request): Promise<Response> {
  // Another site could sign the user in as someone else, and read along.
  if (!isSameOrigin(request.headers)) return problem(403, "the request comes from another site");
  const form = await formOf(request);
  if (!form) return problem(413, "the form is too long");
  const answer = await login(form.get("username") ?? "", form.get("password") ?? "");
  if (!answer?.ok) return seeOther(`/login?error=${answer?.status ?? 502}`);
  const session = (await answer.json()) as LoginAnswer;
  return seeOther("/generations", sessionCookie(request.headers, session));
}

/** The backend's answer; null if there is none. */
async function login(username: string, password: string): Promise<Response | null> {
  return fetch(backendUrl("/demo/login"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password }),
    cache: "no-store",
  }).catch(() => null);
}

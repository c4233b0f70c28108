// POST /api/logout: the backend ends the user's streams, the browser drops the cookie.

import { problem } from "@/lib/problem";
import { forwardForUser } from "@/lib/proxy";
import { isSameOrigin } from "@/lib/same-origin";
import { seeOther } from "@/lib/see-other";
import { endedCookie } from "@/lib/session";

export const dynamic = "force-dynamic";

export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request.headers)) return problem(403, "the request comes from another site");
  const answer = await forwardForUser(request, "/demo/logout");
  await answer.body?.cancel();
  // Also if the backend did not take the JWT, or is not there.
  return seeOther("/login", endedCookie(request.headers));
}

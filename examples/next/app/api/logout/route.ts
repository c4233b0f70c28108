// POST /api/logout: the backend ends the user's streams, the browser drops the cookie.

import { forwardForUser } from "@/lib/proxy";
import { seeOther } from "@/lib/see-other";
import { endedCookie } from "@/lib/session";

export const dynamic = "force-dynamic";

export async function POST(request: Request): Promise<Response> {
  const answer = await forwardForUser(request, "/demo/logout");
  if (answer.status === 403) return answer;
  await answer.body?.cancel();
  // Also if the backend did not take the JWT, or is not there.
  return seeOther("/login", endedCookie(request.headers));
}

// POST /api/chat/stream/initiate: the message goes to the backend in the body, with the JWT from the
// cookie. The answer is the id that opens its stream, once.

import { forwardForUser } from "@/lib/proxy";

export const dynamic = "force-dynamic";

export function POST(request: Request): Promise<Response> {
  return forwardForUser(request, "/api/chat/stream/initiate");
}

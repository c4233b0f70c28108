// POST /api/generations: starts a generation.

import { forwardForUser } from "@/lib/proxy";

export const dynamic = "force-dynamic";

export function POST(request: Request): Promise<Response> {
  return forwardForUser(request, "/generations");
}

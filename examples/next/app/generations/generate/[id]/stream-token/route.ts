// POST /generations/generate/{id}/stream-token: trades the cookie for a token that opens one stream.

import { forwardForUser } from "@/lib/proxy";
import { segment } from "@/lib/segment";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ id: string }> };

export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return forwardForUser(request, `/generations/generate/${segment(id)}/stream-token`);
}

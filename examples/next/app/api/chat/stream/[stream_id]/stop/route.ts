// POST /api/chat/stream/{stream_id}/stop: ends an answer before it is complete.

import { forwardForUser } from "@/lib/proxy";
import { segment } from "@/lib/segment";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ stream_id: string }> };

export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { stream_id } = await params;
  return forwardForUser(request, `/api/chat/stream/${segment(stream_id)}/stop`);
}

// GET /api/chat/stream/{stream_id}: the events of an answer, each as it comes. The id in the URL is the
// credential; the cookie is not needed.

import { forwardResumable } from "@/lib/proxy";
import { segment } from "@/lib/segment";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ stream_id: string }> };

export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { stream_id } = await params;
  return forwardResumable(request, `/api/chat/stream/${segment(stream_id)}`);
}

// GET /generations/generate/{id}/stream?token=…: the progress of a generation. The token in the URL is
// the credential; it works once, so that the page asks for another one when the stream breaks.

import { forwardStream } from "@/lib/proxy";
import { segment } from "@/lib/segment";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ id: string }> };

export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  const { search } = new URL(request.url);
  return forwardStream(request, `/generations/generate/${segment(id)}/stream${search}`);
}

// GET /api/generations/{id}: how a generation is doing, and its result.

import { forwardForUser } from "@/lib/proxy";
import { segment } from "@/lib/segment";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ id: string }> };

export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return forwardForUser(request, `/generations/${segment(id)}`);
}

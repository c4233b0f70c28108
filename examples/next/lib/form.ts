// The form of the login, which anyone can send.

/** More than any name and password take. */
const MAX_BYTES = 4_096;

/** Its fields; null if it is too long. No more of it is kept than the limit. */
export async function formOf(request: Request): Promise<URLSearchParams | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let read; (read = await reader?.read()) && !read.done;) {
    length += read.value.length;
    if (length > MAX_BYTES) {
      await reader?.cancel();
      return null;
    }
    chunks.push(read.value);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

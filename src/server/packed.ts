/** Shorter answers gain nothing, longer ones would keep the loop for milliseconds. */
const BYTES = { least: 1_024, most: 262_144 } as const;
const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/;

/** A JSON answer of some length as whoever takes gzip gets it; every other one as it is. */
export async function packed(request: Headers, response: Response): Promise<Response> {
  const { status, headers } = response;
  if (headers.get("content-type") !== "application/json") return response;
  if (!TAKES_GZIP.test(request.get("accept-encoding") ?? "")) return response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  headers.append("vary", "Accept-Encoding");
  if (bytes.length < BYTES.least || bytes.length > BYTES.most) return new Response(bytes, { status, headers });
  headers.set("content-encoding", "gzip");
  return new Response(Bun.gzipSync(bytes, { level: 1 }), { status, headers });
}

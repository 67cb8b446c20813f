import type { Config } from "../../config/config.ts";
import { ANSWER_HEADERS } from "../model-facts.ts";

/** Which pages may call, as configured; absent: none, and browsers see to it. */
export type Cors = NonNullable<Config["server"]["cors"]>;

/** Headers of ours that a page may read. */
const EXPOSED = Object.keys(ANSWER_HEADERS).join(", ");

/** Whether a page of that origin may call. The scheme and host of an origin know no case (RFC 6454). */
export function allows(cors: Cors, origin: string): boolean {
  return cors.allow_origins.some((allowed) => allowed === "*" || allowed.toLowerCase() === origin.toLowerCase());
}

/** The answer to a preflight of an allowed page, or null where it is none. */
export function preflight(cors: Cors, request: Request): Response | null {
  const origin = request.headers.get("origin");
  const method = request.headers.get("access-control-request-method");
  if (request.method !== "OPTIONS" || method === null || origin === null || !allows(cors, origin)) return null;
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-origin": cors.allow_origins.includes("*") ? "*" : origin,
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": request.headers.get("access-control-request-headers") ?? "*",
      "access-control-max-age": String(cors.max_age_seconds),
      vary: "origin, access-control-request-headers",
    },
  });
}

/**
 * Lets the page that asked read the answer, where it may; the same answer, with headers added. Unless all pages may
 * read, every answer has `vary: origin`, also one for another page: a cache in between may keep it.
 */
export function share(cors: Cors, request: Request, response: Response): Response {
  const origin = request.headers.get("origin");
  const forAll = cors.allow_origins.includes("*");
  if (!forAll) response.headers.append("vary", "origin");
  if (origin === null || !allows(cors, origin)) return response;
  response.headers.set("access-control-allow-origin", forAll ? "*" : origin);
  response.headers.set("access-control-expose-headers", EXPOSED);
  return response;
}

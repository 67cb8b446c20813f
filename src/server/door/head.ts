import { GatewayError } from "../../lib/errors.ts";

/**
 * The form of a Host header (RFC 9110, 7.2): a name or a bracketed address, and a port. Bun joins two Host headers by a
 * comma and lets `/ ? #` through, both of which this refuses.
 */
const HOST = /^(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,252}|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/;

/** The methods that some route may know; anything else is refused before routing. */
const METHODS = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"];

/**
 * What is wrong with a request before its path is looked at, or null: the Host header's form, a repeated Authorization
 * header (Bun joins them by a comma, which no Bearer token holds), and methods that no route may see (TRACE, CONNECT).
 */
export function checkHead(request: Request): GatewayError | null {
  const { headers, method } = request;
  // only HTTP/1.0 may leave it out (the probes of old load balancers do); without it in 1.1 the socket has refused
  const host = headers.get("host");
  if (host !== null && !HOST.test(host)) {
    return new GatewayError("invalid_request", "Cannot read the Host header: send exactly one, a host name and a port");
  }
  if (headers.get("authorization")?.includes(",") === true) {
    return new GatewayError("invalid_request", "Cannot read the Authorization header: send exactly one");
  }
  if (!METHODS.includes(method)) {
    return new GatewayError("method_not_allowed", `Cannot answer ${method}: no route knows this method`, {
      headers: { allow: "GET, HEAD, POST, OPTIONS" },
    });
  }
  return null;
}

/** Path and query of a request's URL, whatever its host looked like: `/v1/models?x=1`. */
export interface Target {
  /** Without trailing slashes, save for `/` itself; still percent-encoded. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
}

/** Splits a URL as Bun gives it: absolute, or only a path where the Host was unusable. */
export function targetOf(url: string): Target {
  const scheme = url.startsWith("/") ? -1 : url.indexOf("://");
  const start = scheme === -1 ? 0 : url.indexOf("/", scheme + 3);
  if (start === -1) return { path: "/", query: "" };
  const hash = url.indexOf("#", start);
  const end = hash === -1 ? url.length : hash;
  const mark = url.indexOf("?", start);
  const pathEnd = mark === -1 || mark > end ? end : mark;
  let last = pathEnd;
  while (last > start + 1 && url.charCodeAt(last - 1) === 0x2f) last -= 1;
  return { path: url.slice(start, last), query: url.slice(pathEnd, end) };
}

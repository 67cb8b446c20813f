import { isIP } from "node:net";
import type { Config } from "../../config/config.ts";
import { proxyDepth } from "../../gateway/admission/address.ts";
import { GatewayError } from "../../lib/errors.ts";
import { isForeign } from "../foreign-site.ts";
import type { Peer } from "../route.ts";
import { allows } from "./cors.ts";

/**
 * What is wrong with a request to a model that a page in a browser sent, or null. A browser asks first before a page may
 * send JSON to another site (`server.cors`), with two exceptions: a body without a type, which we take from programs, and
 * a page whose own name leads to this machine (DNS rebinding), which needs no key where nobody does.
 */
export function pageFault(request: Request, peer: Peer, config: Config): GatewayError | null {
  const { headers } = request;
  const origin = headers.get("origin");
  if (origin === null && headers.get("sec-fetch-site") === null) return null;
  const { cors } = config.server;
  if (cors !== undefined && origin !== null && allows(cors, origin)) return null;
  if (isForeign(headers)) return headers.has("content-type") ? null : typeless();
  const isOpen = config.consumers === undefined && peer.loopback && proxyDepth(config) === 0;
  return isOpen && origin !== null && isRebound(origin) ? rebound(origin) : null;
}

/** Names that nobody elsewhere can own: of one word, and of networks at home and at work. */
const LOCAL_NAME = /^[^.]+\.?$|\.(?:localhost|local|internal|lan|home\.arpa|test)\.?$/i;

/** Whether that page came from a name of somebody's, without TLS: with it a proxy in front answers to the name. */
function isRebound(origin: string): boolean {
  const match = /^http:\/\/([^/:[\]]+)(?::\d+)?$/i.exec(origin);
  return match !== null && isIP(match[1]!) === 0 && !LOCAL_NAME.test(match[1]!);
}

function typeless(): GatewayError {
  const message = "Cannot read a body without a content-type from a page of another site: send application/json";
  return new GatewayError("unsupported_media_type", message);
}

function rebound(origin: string): GatewayError {
  return new GatewayError(
    "invalid_request",
    `Cannot answer a page of ${origin}: this gateway asks for no keys and listens on loopback, so a page's name must be local or stand in server.cors.allow_origins`,
  );
}

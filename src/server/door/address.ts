import { isIP } from "node:net";
import { GatewayError } from "../../lib/errors.ts";

/** Where to listen: a host without brackets, and a port of which 0 means any free one. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** Where `weir gateway run` listens unless told otherwise; the second only where IPv6 is there. */
export const DEFAULT_ADDRESSES: readonly Address[] = [
  { hostname: "127.0.0.1", port: 8080 },
  { hostname: "::1", port: 8080 },
];

const EXPECTED = "give HOST:PORT, such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080";
const NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$/;

/**
 * The addresses that `HOST:PORT` stands for. `localhost` is both loopback addresses, as browsers and SDKs try both;
 * without a host it is every address of the machine. Throws `invalid_request` with what would be accepted.
 */
export function parseListen(text: string): readonly Address[] {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d+)$/.exec(text.trim());
  if (match === null) throw new GatewayError("invalid_request", `Cannot listen on "${text}": ${hint(text.trim())}`);
  const [, inBrackets, plain, digits] = match;
  const port = Number(digits);
  if (port > 65_535) throw new GatewayError("invalid_request", `Cannot listen on "${text}": a port is 0 to 65535`);
  if (inBrackets !== undefined) {
    if (isIP(inBrackets) === 6) return [{ hostname: inBrackets, port }];
    throw new GatewayError("invalid_request", `Cannot listen on "${text}": "${inBrackets}" is no IPv6 address`);
  }
  if (plain === "localhost") return DEFAULT_ADDRESSES.map(({ hostname }) => ({ hostname, port }));
  const hostname = plain === undefined || plain === "" ? "0.0.0.0" : plain;
  const numeric = /^[\d.]+$/.test(hostname);
  if (numeric ? isIP(hostname) !== 4 : !NAME.test(hostname)) {
    throw new GatewayError("invalid_request", `Cannot listen on "${text}": "${hostname}" is no host, ${EXPECTED}`);
  }
  return [{ hostname, port }];
}

function hint(text: string): string {
  if (/^\d+$/.test(text)) return `it has no host, give 127.0.0.1:${text} for this machine or 0.0.0.0:${text} for all`;
  if (/^[a-z]+:\/\//i.test(text)) return `it is a URL, ${EXPECTED}`;
  const bare = text.replace(/:\d+$/, "");
  if (isIP(text) === 6 || isIP(bare) === 6) return `an IPv6 address stands in brackets, ${EXPECTED}`;
  return EXPECTED;
}

/** Whether only this machine reaches that address. */
export function isLoopback({ hostname }: Address): boolean {
  return hostname === "::1" || hostname === "localhost" || (isIP(hostname) === 4 && hostname.startsWith("127."));
}

/** `http://127.0.0.1:8080` or `http://[::1]:8080`. */
export function urlOf({ hostname, port }: Address): string {
  return `http://${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`;
}

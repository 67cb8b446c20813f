import { isIP } from "node:net";
import type { Config } from "../../config/config.ts";

/** The socket's other end; null where there is none. Read only where it is needed: a lookup may stand behind it. */
export interface Socket {
  readonly address: string | null;
}

/**
 * The client's address behind `depth` proxies of ours: each of them appends to `X-Forwarded-For` whom it was called by,
 * so the client is the entry `depth` places from the right; with fewer entries the leftmost. What stands further left a
 * client can write itself and is never read. An entry that is no address ends the search: the nearest hop before it
 * counts.
 */
export function clientAddress(headers: Headers, socket: Socket, depth: number): string | null {
  const forwarded = depth === 0 ? null : headers.get("x-forwarded-for");
  if (forwarded === null) return socket.address;
  const hops = forwarded.split(",");
  let found: string | null = null;
  for (let back = 1; back <= depth && back <= hops.length; back++) {
    const hop = bare(hops[hops.length - back]!.trim());
    if (isIP(hop) === 0) break;
    found = hop;
  }
  return found ?? socket.address;
}

/** `[::1]:80` and `1.2.3.4:80` without their ports. */
function bare(hop: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(hop);
  if (bracketed !== null) return bracketed[1]!;
  return /^[\d.]+:\d+$/.test(hop) ? hop.slice(0, hop.indexOf(":")) : hop;
}

/** How many proxies of ours stand in front: what the limit by address says goes before what the server says. */
export function proxyDepth({ server, ip_rate_limit: rate }: Pick<Config, "server" | "ip_rate_limit">): number {
  return rate?.trust_proxy_depth ?? server.trust_proxy_depth;
}

/**
 * One key for all addresses of one client: IPv4 as it is, also where it is written as IPv6, and of IPv6 the /64 that a
 * provider hands to one customer (RFC 6177), who would otherwise have 2^64 limits.
 */
export function addressKey(address: string | null): string {
  if (address === null || isIP(address) !== 6) return address ?? "unknown";
  const groups = expanded(address);
  const [, , , , , sixth, high = 0, low = 0] = groups;
  if (groups.slice(0, 5).every((group) => group === 0) && sixth === 0xffff) {
    return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
  }
  return groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":");
}

/** The eight groups of an IPv6 address, which must be one. */
function expanded(address: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address.replace(/%.*$/, ""));
  const plain =
    dotted === null
      ? address.replace(/%.*$/, "")
      : `${dotted[1]}${pair(dotted[2]!, dotted[3]!)}:${pair(dotted[4]!, dotted[5]!)}`;
  const [left = "", right] = plain.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
  const before = groups(left);
  if (right === undefined) return before;
  const after = groups(right);
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
}

function pair(high: string, low: string): string {
  return ((Number(high) << 8) | Number(low)).toString(16);
}

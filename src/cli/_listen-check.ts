import type { Config } from "../config/config.ts";
import { type Address, DEFAULT_ADDRESSES, parseListen, urlOf } from "../server/address.ts";
import { cannotListen } from "../server/listen.ts";
import type { Check } from "./_probe.ts";

/**
 * Whether a gateway could listen where the configuration says: each address is taken for a moment. One that is taken
 * already is no fault, since a gateway may be running.
 */
export function checkListen({ server }: Config): Check {
  const name = "listen";
  let addresses: readonly Address[] = DEFAULT_ADDRESSES;
  try {
    if (server.listen !== undefined) addresses = parseListen(server.listen);
  } catch (error) {
    return { name, status: "broken", detail: (error as Error).message };
  }
  const tried = addresses.map((address) => ({ address, failed: tryToListen(address) }));
  // of both loopback addresses one alone will do: not every machine has IPv6
  const usable = tried.filter(({ failed }) => failed === null || failed.code === "EADDRINUSE");
  const [first] = tried;
  if (usable.length === 0 && first !== undefined) {
    return { name, status: "broken", detail: cannotListen(first.address, first.failed).message };
  }
  const taken = usable.some(({ failed }) => failed !== null);
  const where = usable.map(({ address }) => urlOf(address)).join(" and ");
  return { name, status: "ok", detail: taken ? `${where}; taken now, by this gateway if it runs` : where };
}

/** Null where it worked. */
function tryToListen({ hostname, port }: Address): { readonly code?: string } | null {
  if (port === 0) return null;
  try {
    Bun.listen({ hostname, port, socket: { data: () => {} } }).stop(true);
    return null;
  } catch (error) {
    return error as { code?: string };
  }
}

import type { Config } from "../../config/config.ts";
import { type Address, DEFAULT_ADDRESSES, parseListen, urlOf } from "../../server/door/address.ts";
import { cannotListen, isUnknown } from "../../server/door/listen.ts";
import type { Check } from "./check.ts";

/**
 * Whether a gateway could listen where the configuration says: each address is taken for a moment. One that is taken
 * already is no fault, since a gateway may be running.
 */
export async function checkListen({ server }: Config): Promise<Check> {
  const name = "listen";
  let addresses: readonly Address[] = DEFAULT_ADDRESSES;
  try {
    if (server.listen !== undefined) addresses = parseListen(server.listen);
  } catch (error) {
    return { name, status: "broken", detail: (error as Error).message };
  }
  const tried = await Promise.all(addresses.map(tryToListen));
  // of both loopback addresses one alone will do: not every machine has IPv6
  const usable = tried.filter(({ failed, unknown }) => failed === null || (failed.code === "EADDRINUSE" && !unknown));
  const [first] = tried;
  if (usable.length === 0 && first !== undefined) {
    return { name, status: "broken", detail: (await cannotListen(first.address, first.failed)).message };
  }
  const taken = usable.some(({ failed }) => failed !== null);
  const where = usable.map(({ address }) => urlOf(address)).join(" and ");
  return { name, status: "ok", detail: taken ? `${where}; taken now, by this gateway if it runs` : where };
}

interface Tried {
  readonly address: Address;
  /** Null where it worked. */
  readonly failed: { readonly code?: string } | null;
  /** Whether nobody knows the name. */
  readonly unknown: boolean;
}

async function tryToListen(address: Address): Promise<Tried> {
  const { hostname, port } = address;
  if (port === 0) return { address, failed: null, unknown: false };
  try {
    Bun.listen({ hostname, port, socket: { data: () => {} } }).stop(true);
    return { address, failed: null, unknown: false };
  } catch (error) {
    return { address, failed: error as { code?: string }, unknown: await isUnknown(address) };
  }
}

import type { Access } from "../../store/store.ts";
import type { Call } from "../route.ts";

/** What all routes below `/api` have in common. */
export const ADMIN = { openAi: false, access: "admin", tag: "Admin" } as const;

/**
 * The record of one reading of the ledger: who, by which route, with which filter (the whole query, unless another is
 * given).
 */
export function accessBy({ path, peer, query }: Call, filter: Access["filter"] = Object.fromEntries(query)): Access {
  const address = peer.address();
  return { who: address === null ? "admin" : `admin from ${address}`, via: "api", what: `GET ${path}`, filter };
}

import { GatewayError } from "../../lib/errors.ts";
import { SignedHead } from "../../schema/ledger.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route } from "../route.ts";
import { ADMIN, accessBy } from "./route-facts.ts";

/** `/api/ledger/head`: where the ledger's chain ends now, to be kept elsewhere. */
export function ledgerRoutes({ ledgerHead, recordAccess }: ServerOptions): Route[] {
  return [
    {
      ...ADMIN,
      method: "GET",
      path: "/api/ledger/head",
      summary: "The last row of the audit ledger, signed: keep it elsewhere for weir events verify --head",
      answer: { description: "Its number, its hash and a signature", schema: SignedHead },
      errors: ["not_found"],
      handle: async (call) => {
        await recordAccess(accessBy(call, {}));
        const head = await ledgerHead();
        if (head !== null) return json(head);
        throw new GatewayError("not_found", "The ledger has no row yet");
      },
    },
  ];
}

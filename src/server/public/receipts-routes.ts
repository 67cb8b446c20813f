import { Type } from "@sinclair/typebox";
import { bearer } from "../../gateway/admission/consumers.ts";
import { GatewayError } from "../../lib/errors.ts";
import { Receipt, ReceiptKeys } from "../../schema/receipt.ts";
import { matches } from "../auth.ts";
import type { ServerOptions } from "../options.ts";
import { type Call, json, type Route } from "../route.ts";

/** Receipts that were kept, and the keys to check them with. */
export function receiptsRoutes(options: ServerOptions): Route[] {
  const { receipts, recordAccess } = options;
  const facts = { method: "GET", access: "open", tag: "Receipts" } as const;
  return [
    {
      ...facts,
      path: "/v1/vetted/receipts/:id",
      openAi: true,
      orAdmin: true,
      summary: "A receipt, for the caller that it belongs to and for the admin token",
      description: "As it was signed, without commitment_nonce: only the answer itself carried that.",
      parameters: [{ name: "id", in: "path", schema: Type.String(), description: "x-weir-receipt-id of the answer" }],
      answer: { description: "The receipt", schema: Receipt },
      errors: ["not_found", "invalid_api_key", "key_expired", "invalid_request"],
      handle: async (call) => {
        const id = call.params["id"] ?? "";
        const who = reader(call, options);
        await recordAccess({ who: who.name, via: "api", what: `GET ${call.path}`, filter: { id } });
        const kept = receipts.find(id);
        if (kept !== null && (who.isAdmin || kept.consumer === who.consumer)) return json(kept.receipt);
        throw new GatewayError("not_found", `There is no receipt "${id.slice(0, 128)}" of yours`);
      },
    },
    {
      ...facts,
      path: "/.well-known/jwks.json",
      openAi: false,
      summary: "The public keys of receipts, retired ones too (RFC 7517)",
      answer: {
        description: "All keys that ever signed a receipt here, the newest first",
        schema: ReceiptKeys,
        mediaTypes: ["application/jwk-set+json"],
      },
      errors: [],
      handle: () =>
        new Response(JSON.stringify({ keys: receipts.keys }), {
          headers: { "content-type": "application/jwk-set+json", "cache-control": "public, max-age=300" },
        }),
    },
  ];
}

/** Who asks: an admin, a consumer, or anybody where callers are not known. Throws where a key is needed and is none. */
function reader({ request, peer }: Call, { adminHash, runtime }: ServerOptions) {
  const from = peer.address() === null ? "" : ` from ${peer.address()}`;
  const { headers } = request;
  if (matches(bearer(headers), adminHash())) return { isAdmin: true, consumer: null, name: `admin${from}` };
  const consumer = runtime.gateway.consumer(headers);
  return { isAdmin: false, consumer, name: `${consumer ?? "a caller"}${from}` };
}

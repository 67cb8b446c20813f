import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/lib/errors.ts";
import type { KeptReceipt } from "../../../src/schema/receipt.ts";
import { signer } from "../../support/receipts.ts";
import { asAdmin, fakeServer } from "../fake-server.ts";

const { sign, keys } = signer();
const { commitment_nonce: _, ...receipt } = sign({ receiptId: "rcpt_1" });
const kept = (consumer: string | null): KeptReceipt => ({ at: 1, consumer, receipt });

/** A server whose callers are named by their key. */
function server(owner: string | null, known = true) {
  return fakeServer({
    receipts: { keys, find: (id) => (id === "rcpt_1" ? kept(owner) : null) },
    consumer: (headers) => {
      if (!known) return null;
      const key = headers.get("x-api-key");
      if (key === null) throw new GatewayError("invalid_api_key", "no key");
      return key;
    },
  });
}
const PATH = "/v1/vetted/receipts/rcpt_1";
const as = (key: string) => ({ headers: { "x-api-key": key } });

describe("GET /v1/vetted/receipts/{id}", () => {
  test("answers the caller it belongs to and the admin, and nobody else", async () => {
    const { send } = server("alice");
    const own = await send(PATH, as("alice"));
    expect([own.status, await own.json()]).toEqual([200, JSON.parse(JSON.stringify(receipt))]);
    expect((await send(PATH, { headers: asAdmin })).status).toBe(200);
    // a client whose base address ends without /v1 finds it as it finds the models
    expect((await send(PATH.slice("/v1".length), as("alice"))).status).toBe(200);
    expect((await send(PATH.slice("/v1".length), as("bob"))).status).toBe(404);
    expect((await send(PATH, as("bob"))).status).toBe(404);
    expect((await send(PATH)).status).toBe(401);
    expect((await send(PATH, { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
  });

  test("says the same of one that is not there and one of somebody else", async () => {
    const { send } = server("alice");
    const errorAt = async (path: string) =>
      ((await (await send(path, as("bob"))).json()) as { error: { code: string; message: string } }).error;
    const none = await errorAt("/v1/vetted/receipts/rcpt_2");
    const other = await errorAt(PATH);
    expect(other.message.replace("rcpt_1", "rcpt_2")).toBe(none.message);
    expect(other.code).toBe("not_found");
  });

  test("without consumers is for whoever has the id; what had an owner stays the owner's", async () => {
    expect((await server(null, false).send(PATH)).status).toBe(200);
    expect((await server("alice", false).send(PATH)).status).toBe(404);
    expect((await server(null).send(PATH, as("bob"))).status).toBe(404);
  });

  test("is written down where readings are", async () => {
    const { send, accesses } = server("alice");
    await send(PATH, as("alice"));
    await send(PATH, { headers: asAdmin });
    expect(accesses.map(({ who, what }) => [who, what])).toEqual([
      ["alice from 127.0.0.1", `GET ${PATH}`],
      ["admin from 127.0.0.1", `GET ${PATH}`],
    ]);
  });
});

test("/.well-known/jwks.json shows every key to everybody, and no private part", async () => {
  const response = await server("alice").send("/.well-known/jwks.json");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/jwk-set+json");
  expect(await response.json()).toEqual({ keys });
});

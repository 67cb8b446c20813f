import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { columnsAgree, GENESIS, kindOf, parseBody, rowHash } from "../../../src/store/ledger/chain.ts";
import { anEvent } from "../../support/events.ts";

const plain = (previous: Uint8Array, body: string): string =>
  createHash("sha256").update(previous).update(body, "utf8").digest("hex");

test("rowHash is SHA-256 over the previous hash and the row's UTF-8 text, also when asked again", () => {
  const first = rowHash(GENESIS, '{"a":1}');
  expect(first.toHex()).toBe(plain(new Uint8Array(32), '{"a":1}'));
  const second = rowHash(first, "ümlaut 🌍");
  expect(second.toHex()).toBe(plain(first, "ümlaut 🌍"));
  expect(rowHash(GENESIS, '{"a":1}')).toEqual(first);
});

test("kindOf calls what has no kind a request", () => {
  expect(kindOf(anEvent())).toBe("request");
  expect(kindOf({ kind: "gap", at: 1, lost: 2, since: 0 })).toBe("gap");
});

test.each(["", "{", "null", "[]", "1", "{}", '{"at":"x"}', '{"at":1,"kind":"other"}', '{"at":1,"kind":null}'])(
  "parseBody takes %p for no entry",
  (body) => expect(parseBody(body)).toBeNull(),
);

test("columnsAgree holds the columns against the text", () => {
  const event = anEvent({ target: null });
  const { id, at, verdict, target } = event;
  const row = { seq: 1, kind: "request", id, at, verdict, target, body: JSON.stringify(event), hash: GENESIS };
  expect(columnsAgree(row, event)).toBe(true);
  const differing = [
    { kind: "access" },
    { id: "other" },
    { id: null },
    { at: at + 1 },
    { verdict: "block" },
    { target: "x" },
  ];
  for (const part of differing) expect(columnsAgree({ ...row, ...part }, event)).toBe(false);
});

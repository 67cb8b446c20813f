import { expect, test } from "bun:test";
import { readHead, signHead } from "../../src/carbon/ledger-head.ts";
import { makeKey, readKey } from "../../src/carbon/sign.ts";

const key = readKey(makeKey());
const head = { seq: 7, hash: "ab".repeat(32) };

test("a signed head is read again with its key alone", () => {
  const signed = signHead(key, head, 123);
  expect(signed).toMatchObject({ ...head, head: `7:${head.hash}`, at: 123, kid: key.published.kid });
  expect(readHead(signed.jws, [readKey(makeKey()).published, key.published])).toEqual(head);
  expect(readHead(signed.jws, [])).toContain("is known here");
});

test("any change of it is seen", () => {
  const { jws } = signHead(key, head, 123);
  const [header, payload, signature] = jws.split(".") as [string, string, string];
  const other = signHead(key, { ...head, seq: 8 }, 123).jws.split(".")[1]!;
  expect(readHead([header, other, signature].join("."), [key.published])).toBe("its signature does not hold");
  expect(readHead([header, payload, "AAAA"].join("."), [key.published])).toBe("its signature does not hold");
  expect(readHead("a.b.c", [key.published])).toContain("no signed head");
});

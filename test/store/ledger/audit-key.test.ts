import { expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keyedDigest } from "../../../src/lib/digest.ts";
import { openAuditKey } from "../../../src/store/ledger/audit-key.ts";
import { scratch } from "../../support/events.ts";

test("the key is made once, for this user only", () => {
  using dir = scratch();
  const key = openAuditKey(dir.path);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(openAuditKey(dir.path)).toBe(key);
  expect(statSync(join(dir.path, "audit.key")).mode & 0o777).toBe(0o600);
  expect(openAuditKey(null)).not.toBe(openAuditKey(null));
});

test("a file that is no key is said to be none, and left alone", () => {
  using dir = scratch();
  writeFileSync(join(dir.path, "audit.key"), "mine");
  expect(() => openAuditKey(dir.path)).toThrow("is no key of 64 hexadecimal digits");
});

test("a digest is HMAC-SHA-256 (RFC 4231, case 2)", () => {
  const digest = keyedDigest(Buffer.from("Jefe").toString("hex"));
  expect(digest("what do ya want for nothing?")).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

import { expect, test } from "bun:test";
import { jwt } from "../../../src/detect/recognisers/jwt.ts";
import { examples, scanned } from "./_examples.ts";

examples(jwt, {
  found: ["Bearer ⟦eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl⟧"],
  passed: ["eyJub3QiOiJhbGcifQ.eyJzdWIiOiIxIn0.c2ln", "eyJhbGciOiJIUzI1NiJ9", "eyJ!!!"],
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = part({ sub: "10", scope: "a".repeat(900) });
const signature = "c2ln".repeat(100);

test("one whose header names keys and certificates, and whose claims are many, is one to its end", () => {
  const header = part({ alg: "RS256", typ: "JWT", kid: "k".repeat(64), x5t: "t".repeat(28) });
  expect(scanned(jwt, `it is ${header}.${claims}.${signature} here`)).toBe(
    `it is ⟦${header}.${claims}.${signature}⟧ here`,
  );
});

test("what only begins like one is none, however long it is", () => {
  const text = `${part({ not: "a header of any kind" })}.${signature}.${signature}`;
  expect(scanned(jwt, text)).toBe(text);
});

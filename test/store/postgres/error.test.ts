import { expect, test } from "bun:test";
import { isWithoutTables, postgresError } from "../../../src/store/postgres/error.ts";

test.each([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate is not trusted"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "NODE_EXTRA_CA_CERTS"],
  ["CERT_HAS_EXPIRED", "certificate is not trusted"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate is of another name"],
  ["28P01", "does not take this user and password"],
  ["XX000", "it says XX000"],
])("%s is told as what it means", (code, meaning) => {
  expect(postgresError({ code }).message).toContain(meaning);
});

test("tables that are gone are known behind what was made of them", () => {
  const thrown = { errno: "42P01", code: "ERR_POSTGRES_SERVER_ERROR" };
  expect(isWithoutTables(thrown)).toBe(true);
  expect(isWithoutTables(postgresError(thrown))).toBe(true);
  expect(isWithoutTables(postgresError({ code: "53100" }))).toBe(false);
});

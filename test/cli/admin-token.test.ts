import { expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashToken, storedHash, watchedHash } from "../../src/server/admin-token.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { weir } from "./fake-io.ts";

const directory = () => join(emptyFolder(), "state");
const make = (...args: string[]) => weir(["admin", "token", ...args]);

test("prints a token once and keeps only its hash, for nobody else to read", async () => {
  const state = directory();
  const { code, out } = await make("--state-dir", state);
  expect(code).toBe(0);
  const token = out.trim();
  expect(token).toMatch(/^weir_admin_[A-Za-z0-9_-]{43}$/);
  const file = join(state, "admin-token.sha256");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(state).mode & 0o777).toBe(0o700);
  expect(readFileSync(file, "utf8")).not.toContain(token);
  expect(storedHash(state)).toEqual(hashToken(token));
});

test("does not replace one unless told to", async () => {
  const state = directory();
  const first = (await make("--state-dir", state)).out.trim();
  const again = await make("--state-dir", state);
  expect([again.code, again.out]).toEqual([1, ""]);
  expect(again.err).toContain("--rotate");
  expect(storedHash(state)).toEqual(hashToken(first));
  const hash = watchedHash(state);
  expect(hash()).toEqual(hashToken(first));
  const second = JSON.parse((await make("--state-dir", state, "--rotate", "--json")).out) as { token: string };
  expect(second.token).not.toBe(first);
  expect(hash()).toEqual(hashToken(second.token));
});

test("says which directory cannot be written", async () => {
  const file = join(emptyFolder(), "a-file");
  writeFileSync(file, "");
  const { code, err } = await make("--state-dir", join(file, "state"));
  expect(code).toBe(1);
  expect(err).toContain(file);
  expect(err).toContain("--state-dir");
});

test("a damaged hash file is no token", () => {
  const state = emptyFolder();
  expect(watchedHash(state)()).toBeNull();
  writeFileSync(join(state, "admin-token.sha256"), "nonsense\n");
  expect(storedHash(state)).toBeNull();
});

import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../../src/lib/replace-file.ts";
import { emptyFolder } from "../support/empty-folder.ts";

const folder = emptyFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("replaceFile", () => {
  test("writes what only the owner may read, and leaves no draft", () => {
    const alone = mkdtempSync(join(folder, "alone-"));
    const path = join(alone, "kept");
    replaceFile(path, "one");
    replaceFile(path, "two");
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(modeOf(path)).toBe(0o600);
    expect(readdirSync(alone)).toEqual(["kept"]);
  });

  test("gives the mode asked for, whatever a draft left behind has", () => {
    const path = join(folder, "open");
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, "half");
    chmodSync(draft, 0o600);
    replaceFile(path, "whole", 0o644);
    expect(readFileSync(path, "utf8")).toBe("whole");
    expect(modeOf(path)).toBe(0o644);
  });

  test("throws what the disk throws, and leaves no draft then either", () => {
    expect(() => replaceFile(join(folder, "none", "kept"), "text")).toThrow("ENOENT");
    const alone = mkdtempSync(join(folder, "taken-"));
    mkdirSync(join(alone, "kept", "in the way"), { recursive: true });
    expect(() => replaceFile(join(alone, "kept"), "text")).toThrow("EISDIR");
    expect(readdirSync(alone)).toEqual(["kept"]);
  });
});

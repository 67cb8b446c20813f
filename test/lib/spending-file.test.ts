import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSpending, spendingFile, writeSpending } from "../../src/lib/spending-file.ts";
import { emptyFolder } from "../support/empty-folder.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function file(): string {
  const folder = emptyFolder();
  folders.push(folder);
  return spendingFile(folder);
}

describe("the spending file", () => {
  test("gives back what was written, for its owner only, and leaves nothing else behind", () => {
    const path = file();
    const record = { budgets: { day: 20_000, month: 24_300, today: 1_500_000_000, thisMonth: 2_500_000_000 } };
    writeSpending(path, { budgets: { ...record.budgets, today: 1 } });
    writeSpending(path, record);
    expect(readSpending(path)).toEqual(record);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, ".."))).toEqual(["spending.json"]);
  });

  test("is nothing where there is none, and null where it is something else", () => {
    const path = file();
    expect(readSpending(path)).toEqual({});
    for (const text of ["", "{", "[]", '{"budgets":{}}', '{"budgets":{"day":1,"month":1,"today":-1,"thisMonth":0}}']) {
      writeFileSync(path, text);
      expect(readSpending(path)).toBeNull();
    }
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Closed } from "../schema/shapes.ts";
import { replaceFile } from "./replace-file.ts";

/** What was spent against one budget, in billionths of a dollar, and when: days since 1970 and months since year 0, UTC. */
export const Spent = Closed({
  day: Type.Integer(),
  month: Type.Integer(),
  today: Type.Number({ minimum: 0 }),
  thisMonth: Type.Number({ minimum: 0 }),
});
export type Spent = Static<typeof Spent>;

/** What was spent, by the setting it counts against: `budgets`, `consumers["id"].budget`. */
export const SpendingRecord = Type.Record(Type.String(), Spent);
export type SpendingRecord = Static<typeof SpendingRecord>;

/** Where the state directory keeps what was spent. */
export function spendingFile(stateDir: string): string {
  return join(stateDir, "spending.json");
}

/** What was spent before this process; nothing where there is no file, null where it cannot be read. */
export function readSpending(path: string): SpendingRecord | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Value.Check(SpendingRecord, value) ? value : null;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT" ? {} : null;
  }
}

/** Replaces the file in one step, so that a crash leaves the old one or the new one. Throws what the disk throws. */
export function writeSpending(path: string, record: SpendingRecord): void {
  replaceFile(path, JSON.stringify(record));
}

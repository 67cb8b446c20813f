import { afterAll, expect, test } from "bun:test";
import { rmSync, statSync } from "node:fs";
import { readSpending, type SpendingRecord, spendingFile } from "../../src/lib/spending-file.ts";
import type { JobContext } from "../../src/scheduler/job.ts";
import { spending } from "../../src/scheduler/spending.ts";
import { emptyFolder } from "../support/empty-folder.ts";

const folder = emptyFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const jobs = (path: string | null, record: () => SpendingRecord | null) =>
  spending.create({ spendingFile: path, spent: record } as unknown as JobContext);

test("writes what was spent each second, and only where it has changed", async () => {
  const path = spendingFile(folder);
  let record: SpendingRecord = { budgets: { day: 1, month: 1, today: 5, thisMonth: 5 } };
  const [job] = jobs(path, () => record);
  const turn = () => job!.run(new AbortController().signal);
  expect(job).toMatchObject({ intervalMs: 1_000, atOnce: false });
  await turn();
  expect(readSpending(path)).toEqual(record);
  const { ino } = statSync(path);
  await turn();
  expect(statSync(path).ino).toBe(ino);
  record = { budgets: { day: 1, month: 1, today: 6, thisMonth: 6 } };
  await turn();
  expect(readSpending(path)).toEqual(record);
});

test("there is nothing to do without budgets, and where nothing is kept on disk", () => {
  expect(jobs(spendingFile(folder), () => null)).toEqual([]);
  expect(jobs(null, () => ({}))).toEqual([]);
});

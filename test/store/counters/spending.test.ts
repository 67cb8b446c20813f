import { expect, test } from "bun:test";
import { Spending } from "../../../src/store/counters/spending.ts";

const at = (text: string) => Date.parse(text);
const NOVEMBER = at("2026-11-21T21:00:00Z");

test("a day and a month begin at midnight UTC", () => {
  const spending = new Spending();
  spending.add(5, at("2026-12-30T23:59:59.999Z"));
  expect(spending.at(at("2026-12-31T00:00:00Z"))).toMatchObject({ today: 0, thisMonth: 5 });
  spending.add(2, at("2026-12-31T23:59:59.999Z"));
  expect(spending.at(at("2027-01-01T00:00:00Z"))).toMatchObject({ today: 0, thisMonth: 0 });
});

test.each([
  ["a day ahead", "2026-11-22T21:00:00Z", { today: 5, thisMonth: 12 }],
  ["a month ahead", "2026-12-22T21:00:00Z", { today: 5, thisMonth: 9 }],
  ["behind, as of a machine that has just been switched on", "1970-01-01T00:00:10Z", { today: 5, thisMonth: 9 }],
])("what was spent is not forgotten by a clock that is %s for a while", (_, wrong, balance) => {
  const spending = new Spending();
  spending.add(4, at("2026-11-20T00:00:00Z"));
  spending.add(5, NOVEMBER);
  expect(spending.at(at(wrong)).today).toBe(0);
  spending.add(3, at(wrong));
  expect(spending.at(NOVEMBER + 1_000)).toMatchObject(balance);
});

test("a clock that is wrong at the start does not cost what an earlier process had spent", () => {
  const before = new Spending();
  before.add(5, NOVEMBER);
  const spending = new Spending(before.record());
  spending.add(1, at("2026-11-19T00:00:00Z"));
  expect(spending.at(NOVEMBER)).toMatchObject({ today: 5, thisMonth: 6 });
});

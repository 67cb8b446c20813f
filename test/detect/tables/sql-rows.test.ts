import { expect, test } from "bun:test";
import { RECOGNISERS } from "../../../src/detect/recognisers/index.ts";
import { ruleOf, ruleSet } from "../../../src/detect/scan/rules.ts";
import { Scanner } from "../../../src/detect/scan/scanner.ts";
import { SqlRows } from "../../../src/detect/tables/sql-rows.ts";

const SET = ruleSet(RECOGNISERS.map(ruleOf));
const INSERT = `-- seed
INSERT INTO people (id, "name", phone, birth_date, note, tax_id)
VALUES
  (7, 'Anna Berg', '0171 2345678', '1985-03-12', lower('a, b'), '86095742719'),
  (8, 'Jan Kowalski', '601 234 567', '1990-01-02', '(none), x', NULL);
SELECT '1985-03-12';`;

function found(pieces: readonly string[]): readonly string[] {
  const scanner = new Scanner(SET);
  const hits: string[] = [];
  for (const { text, hits: some } of [...pieces.map((piece) => scanner.push(piece)), scanner.flush()])
    hits.push(...some.map(({ start, end, rule }) => `${SET.rules[rule]!.entity} ${text.slice(start, end)}`));
  return hits;
}

const HITS = [
  "PERSON Anna Berg",
  "PHONE 0171 2345678",
  "DATE_OF_BIRTH 1985-03-12",
  "DE_STEUER_ID 86095742719",
  "PERSON Jan Kowalski",
  "PHONE 601 234 567",
  "DATE_OF_BIRTH 1990-01-02",
];

test("the values of an INSERT are read with the names of their columns", () => {
  expect(found([INSERT])).toEqual(HITS);
});

test.each([1, 2, 7, 64, 100])("cut into pieces of %d as well", (width) => {
  const pieces = INSERT.match(new RegExp(`[^]{1,${width}}`, "g"))!;
  expect(found(pieces)).toEqual(HITS);
});

test("a place knows its column and its cell, and rows end with the statement", () => {
  const rows = new SqlRows();
  const text = "insert into t (a, b) values (1, 'x (y), z'), (2, f(3, 4)); (5)";
  rows.readTo(text, text.indexOf("z'"));
  expect(rows.place).toEqual({ column: 1, cell: " 'x (y), " });
  rows.readTo(text, text.indexOf("4)"));
  expect(rows.place).toEqual({ column: 1, cell: " f(3, " });
  rows.readTo(text, text.length);
  expect([rows.place, rows.isReading]).toEqual([null, false]);
});

test.each(["values (1, 2)", "f(a, b) (1", "(a) value (1", "the (many) values (we have"])("%j is none", (text) => {
  const rows = new SqlRows();
  rows.readTo(text, text.length);
  expect(rows.names.length > 0 && !text.includes("many")).toBe(false);
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RECOGNISERS } from "../../../src/detect/recognisers/index.ts";
import { ruleOf, ruleSet } from "../../../src/detect/scan/rules.ts";
import { Scanner } from "../../../src/detect/scan/scanner.ts";
import { TableColumns } from "../../../src/detect/tables/columns.ts";

/** What stands in front of the ▲ in a text, read at once and unit by unit. */
function frontOf(marked: string): string | null {
  const to = marked.indexOf("▲");
  const text = marked.replace("▲", "");
  const whole = new TableColumns();
  whole.readTo(text, to);
  const pieces = new TableColumns();
  for (let at = 0; at < to; at++) pieces.nextPiece(text[at]!, 1);
  expect(pieces.front("")).toBe(whole.front(text));
  return whole.front(text);
}

describe("TableColumns", () => {
  test.each([
    ["name,bsn,tel\nJan,▲111222333,020", "bsn "],
    ["name;bsn\r\nJan;1\r\nPiet;11▲1", "bsn 11"],
    ["name\tbsn\nJan\t▲", "bsn "],
    ["| Name | **BSN** |\n|---|:---|\n| Jan | ▲", "BSN  "],
    [`"a","b"\n"x, y","▲`, 'b "'],
    [`kind,tel\n${"x,1\n".repeat(500)}y,▲`, "tel "],
    ["a,tel\n▲", "a "],
    ["| Pole | Wartość |\n|---|---|\n| PESEL | ▲", "PESEL:  "],
    ["field;value\nname;x\ntel;02▲", "tel: 02"],
    ["value,tel\n▲", "value "],
    ["Text above.\n\nname,tel\nAda,▲", "tel "],
    ['"Full Name";"D.O.B.";"Address Line 1"\n▲', "Full Name: "],
    ['"Full Name";"D.O.B.";"Address Line 1"\nAda;1990;▲', "Address Line 1: "],
    ["Name,Phone,Emergency contact\nAda,1,▲", "Emergency contact: "],
    ["Race,Holder,Tour\nMilan,▲", "Holder "],
    ["ulica;kod\n▲", "ulica: "],
  ])("knows the column in %j", (marked, front) => {
    expect(frontOf(marked)).toBe(front);
  });

  test.each([
    "name,bsn▲",
    "Dear Jan, dear Piet\nwrite, soon▲",
    "a,b\n1,2\nthe table is over\n1,▲",
    "a,b\n1,2,▲",
    "2,3\n4,▲",
    `a,b\n${"x".repeat(600)},▲`,
    `${"a,b".repeat(300)}\nx,▲`,
    "a\n1,▲",
  ])("knows none in %j", (marked) => {
    expect(frontOf(marked)).toBeNull();
  });

  test("makes nobody personal whom a table lists", () => {
    const scanner = new Scanner(ruleSet(RECOGNISERS.map(ruleOf)));
    const text = "| Rank | Name | Time |\n|---|---|---|\n| 1 | Thomas Miller | 1:49.41 |\n";
    expect([...scanner.push(text).hits, ...scanner.flush().hits]).toEqual([]);
  });

  test.each([
    ["name,email\nJohn Smith,js@x.com\nPink Floyd,pf@x.com\n", ["John Smith", "js@x.com", "pf@x.com"]],
    ["| Name | Phone |\n|---|---|\n| Anna Kowalska | 601 234 567 |\n", ["Anna Kowalska", "601 234 567"]],
    ["first_name,last_name,age\nJohn,Smith,34\n", ["John", "Smith"]],
    ["nom;prénom\nDupont;Zoé\n", ["Dupont", "Zoé"]],
    ["Name, Email\nJohn Smith, js@x.com\n", ["John Smith", "js@x.com"]],
    ["Mitarbeiter;Steuer-ID\nMax Mustermann;86095742719\n", ["Max Mustermann", "86095742719"]],
    ["Nombre;Apellidos\nXqwa;Zabaleta\n", ["Xqwa", "Zabaleta"]],
    ["Name,Date of birth\nXqwa Zabaleta,1990-01-02\n", ["Xqwa Zabaleta", "1990-01-02"]],
    ["Name,Genre\nMiles Davis,Jazz\n", []],
    ["name,version\nreact,18.2.0\n", []],
    ["Team,Points\nReal Madrid,60\n", []],
  ])("knows the people in %j, where the table says that they are at hand", (text, found) => {
    const scanner = new Scanner(ruleSet(RECOGNISERS.map(ruleOf)));
    const { text: decided, hits } = scanner.push(text);
    expect([...hits, ...scanner.flush().hits].map(({ start, end }) => decided.slice(start, end))).toEqual([...found]);
  });

  test("reads a table of names and values as a form", () => {
    const scanner = new Scanner(ruleSet(RECOGNISERS.map(ruleOf)));
    const text =
      "| Feld | Wert |\n|---|---|\n| Name | Anna Maier |\n| PESEL | 44051401359 |\n| Bestellung | 44051401359 |\n";
    const { text: decided, hits } = scanner.push(text);
    expect([...hits, ...scanner.flush().hits].map(({ start, end }) => decided.slice(start, end))).toEqual([
      "Anna Maier",
      "44051401359",
    ]);
  });

  test("names what stands in a column, however far below its name", () => {
    const set = ruleSet(RECOGNISERS.map(ruleOf));
    const marked = (pieces: readonly string[]): string => {
      const scanner = new Scanner(set);
      const decided = [...pieces.map((piece) => scanner.push(piece)), scanner.flush()];
      return decided
        .map(({ text, hits }) =>
          hits.reduceRight(
            (done, { start, end, rule }) => `${done.slice(0, start)}[${set.rules[rule]!.entity}]${done.slice(end)}`,
            text,
          ),
        )
        .join("");
    };
    const rows = "44051401359,601100100\n".repeat(40);
    const text = `pesel,telefon\n${rows}`;
    const expected = `pesel,telefon\n${"[PL_PESEL],[PHONE]\n".repeat(40)}`;
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 20 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, index) => text.slice(places[index]!, end));
        expect(marked(pieces)).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });
});

import { expect, test } from "bun:test";
import { recognisersOf } from "../../../src/detect/entities.ts";
import { ruleOf, ruleSet } from "../../../src/detect/scan/rules.ts";
import { Scanner } from "../../../src/detect/scan/scanner.ts";

const rules = ruleSet(recognisersOf(new Set(["CREDIT_CARD", "PHONE", "IBAN"])).map(ruleOf));

/** What is found, by entity and text, in a text that comes in pieces of so many characters. */
function found(text: string, size: number): string[] {
  const scanner = new Scanner(rules);
  const hits: string[] = [];
  const note = ({ text: decided, hits: some }: ReturnType<Scanner["push"]>): void => {
    for (const { start, end, rule } of some) {
      hits.push(`${rules.rules[rule]!.entity} ${decided.slice(start, end)}`);
    }
  };
  for (let at = 0; at < text.length; at += size) note(scanner.push(text.slice(at, at + size)));
  note(scanner.flush());
  return hits;
}

const IN_A_ROW = [
  ["CREDIT_CARD 4111 1111 1111 1111", "CREDIT_CARD 5500 0000 0000 0004", "CREDIT_CARD 378282246310005"],
  ["CREDIT_CARD 4111111111111111", "CREDIT_CARD 5500000000000004", "CREDIT_CARD 4111111111111111"],
  ["IBAN DE89 3704 0044 0532 0130 00", "CREDIT_CARD 4111 1111 1111 1111"],
  ["PHONE +49 30 1234567", "PHONE +49 30 7654321", "PHONE +33 1 42 68 53 00"],
  ["CREDIT_CARD 4111 1111 1111 1111", "PHONE +49 30 1234567"],
  ["PHONE +49 30 1234567", "CREDIT_CARD 4111 1111 1111 1111"],
  ["PHONE 030 901820", "CREDIT_CARD 5500-0000-0000-0004", "PHONE +49 30 1234567"],
  ["PHONE +49 30 901820", "IBAN DE89 3704 0044 0532 0130 00", "CREDIT_CARD 378282246310005"],
];

test.each(IN_A_ROW)("things in a row, one blank apart, are all found: %s", (...hits) => {
  const text = hits.map((hit) => hit.slice(hit.indexOf(" ") + 1)).join(" ");
  for (const size of [text.length, 1, 7]) expect(found(text, size)).toEqual(hits);
});

test("a label in front is the telephone number's and not the card's", () => {
  for (const size of [99, 1, 7]) {
    expect(found("tel +49 30 1234567 4111 1111 1111 1111", size)).toEqual([
      "PHONE +49 30 1234567",
      "CREDIT_CARD 4111 1111 1111 1111",
    ]);
    expect(found("call 030 901820 3782 822463 10005", size)).toEqual([
      "PHONE 030 901820",
      "CREDIT_CARD 3782 822463 10005",
    ]);
  }
});

test("a number that goes on from figures of no kind is still none", () => {
  expect(found("99 4111 1111 1111 1111", 1)).toEqual([]);
  expect(found("1234 5678 4111 1111 1111 1111", 5)).toEqual([]);
});

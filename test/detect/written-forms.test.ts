import { describe, expect, test } from "bun:test";
import { RECOGNISERS } from "../../src/detect/recognisers/index.ts";
import { ruleOf, ruleSet } from "../../src/detect/scan-rules.ts";
import { Scanner } from "../../src/detect/scanner.ts";
import { plainForm } from "../../src/detect/written-forms.ts";

const SET = ruleSet(RECOGNISERS.map(ruleOf));

function found(text: string): readonly string[] {
  const scanner = new Scanner(SET);
  return [scanner.push(text), scanner.flush()].flatMap(({ text: decided, hits }) =>
    hits.map(({ start, end, rule }) => `${SET.rules[rule]!.entity} ${decided.slice(start, end)}`),
  );
}

describe("plainForm", () => {
  test("writes digits, full-width signs and dashes as ASCII does, unit by unit", () => {
    expect(plainForm("４１１１ ٤١٢ १२३ ａ＠ｂ．ｃ +49–30−90")).toBe("4111 412 123 a@b.c +49-30-90");
    expect(plainForm("😀９é")).toBe("😀9é");
    expect(plainForm("plain, Müller, 北京")).toBe("plain, Müller, 北京");
  });
});

test.each([
  ["card ４１１１ １１１１ １１１１ １１１１", "CREDIT_CARD ４１１１ １１１１ １１１１ １１１１"],
  ["البطاقة ٤١١١ ١١١١ ١١١١ ١١١١", "CREDIT_CARD ٤١١١ ١١١١ ١١١١ ١١١١"],
  ["card ４１１１　１１１１　１１１１　１１１１", "CREDIT_CARD ４１１１　１１１１　１１１１　１１１１"],
  ["DE89\u20033704\u20030044\u20030532\u20030130\u200300", "IBAN DE89\u20033704\u20030044\u20030532\u20030130\u200300"],
  ["to ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "EMAIL ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ"],
  ["+49–30–901820", "PHONE +49–30–901820"],
  ["SSN 536–22–1234", "US_SSN 536–22–1234"],
  ["password: ｈunter２!", "PASSWORD ｈunter２!"],
])("finds in %s what would be found in ASCII", (text, hit) => {
  expect(found(text)).toEqual([hit]);
});

test("what fails its check fails it in every form", () => {
  expect(found("４１１１ １１１１ １１１１ １１１２")).toEqual([]);
});

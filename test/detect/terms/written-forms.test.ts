import { describe, expect, test } from "bun:test";
import { RECOGNISERS } from "../../../src/detect/recognisers/index.ts";
import { ruleOf, ruleSet } from "../../../src/detect/scan/rules.ts";
import { Scanner } from "../../../src/detect/scan/scanner.ts";
import { plainForm } from "../../../src/detect/terms/written-forms.ts";

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
  ["mail jane\\_doe@example\\.com, ", "EMAIL jane\\_doe@example\\.com"],
  ["carta 3782\\-822463\\-10005", "CREDIT_CARD 3782\\-822463\\-10005"],
  ['"name": "Andr\\u00e9 M\\u00fcller", ', "PERSON Andr\\u00e9 M\\u00fcller"],
  ["mail jane\\u0040example.com", "EMAIL jane\\u0040example.com"],
  ["card ４１１１　１１１１　１１１１　１１１１", "CREDIT_CARD ４１１１　１１１１　１１１１　１１１１"],
  ["DE89\u20033704\u20030044\u20030532\u20030130\u200300", "IBAN DE89\u20033704\u20030044\u20030532\u20030130\u200300"],
  ["to ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "EMAIL ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ"],
  ["+49–30–901820", "PHONE +49–30–901820"],
  ["SSN 536–22–1234", "US_SSN 536–22–1234"],
  ["password: ｈunter２!", "PASSWORD ｈunter２!"],
  ["DNI 54362315\u2011K", "ES_DNI 54362315\u2011K"],
  ["CPR number: 070761\u20104285", "DK_CPR 070761\u20104285"],
  ["NINO: AB\u00a012\u00a034\u00a056\u00a0C", "UK_NINO AB\u00a012\u00a034\u00a056\u00a0C"],
  ["Geburtsdatum: 12.\u00a0März\u00a01985", "DATE_OF_BIRTH 12.\u00a0März\u00a01985"],
  ["Je m’appelle\u00a0Anne\u00a0Martin", "PERSON Anne\u00a0Martin"],
  ["Tel. +49&nbsp;30&nbsp;901820, ", "PHONE +49&nbsp;30&nbsp;901820"],
  ["Steuer-ID 65&nbsp;929&nbsp;970&nbsp;489", "DE_STEUER_ID 65&nbsp;929&nbsp;970&nbsp;489"],
  ["mail j&#97;ne&#64;example&#x2E;com&#33;", "EMAIL j&#97;ne&#64;example&#x2E;com"],
  ["card 4111&#32;1111&#8203; 1111 &#49;111", "CREDIT_CARD 4111&#32;1111&#8203; 1111 &#49;111"],
])("finds in %s what would be found in ASCII", (text, hit) => {
  expect(found(text)).toEqual([hit]);
});

test("a row of entities is as long as what it stands for", () => {
  const word = Array.from(
    "这是一个很长的中文段落没有任何空格用来测试实体编码是否会",
    (sign) => `&#${sign.charCodeAt(0)};`,
  );
  expect(found(word.join(""))).toEqual([]);
});

test("what fails its check fails it in every form", () => {
  expect(found("４１１１ １１１１ １１１１ １１１２")).toEqual([]);
});

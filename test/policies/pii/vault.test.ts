import { describe, expect, test } from "bun:test";
import { PlainFilter } from "../../../src/detect/filter/plain-filter.ts";
import type { Replacer } from "../../../src/detect/filter/replacing.ts";
import { email } from "../../../src/detect/recognisers/email.ts";
import { ruleOf, ruleSet } from "../../../src/detect/scan/rules.ts";
import { PLACEHOLDER, Vault } from "../../../src/policies/pii/vault.ts";

const EMAIL = ruleOf(email);
const VALUE = 'a&b"\n@x.example';

function restored(text: string): { whole: string; grown: string } {
  const vault = new Vault();
  vault.placeholder(EMAIL, "first@example.com");
  vault.placeholder({ ...EMAIL, entity: "API_KEY" }, VALUE);
  const replacer: Replacer = { replace: (_rule, found) => vault.value(found), rest: (_rule, found) => found };
  const filtered = (pieces: Iterable<string>) => {
    const filter = new PlainFilter(ruleSet([PLACEHOLDER]), replacer, "");
    return [...pieces].map((piece) => filter.push(piece)).join("") + filter.flush();
  };
  return { whole: filtered([text]), grown: filtered(text) };
}

describe("placeholders as models repeat them", () => {
  test.each([
    ["⟦EMAIL:1⟧", "first@example.com"],
    ["**⟦email:1⟧**", "**first@example.com**"],
    ["⟦ Email : 1 ⟧", "first@example.com"],
    ["⟦EMAIL:\n1⟧", "first@example.com"],
    ["⟦EMAIL：1⟧", "first@example.com"],
    ["⟦API\\_KEY:2⟧", VALUE],
    ["\\u27e6API_KEY:2\\u27E7", 'a&b\\"\\n@x.example'],
    ["\\\\u27e6API_KEY:2\\\\u27e7", 'a&b\\\\\\"\\\\n@x.example'],
    ["&#10214;API_KEY:2&#x27E7;", "a&amp;b&quot;\n@x.example"],
    ["?to=%E2%9F%A6API_KEY%3A2%e2%9f%a7", "?to=a%26b%22%0A%40x.example"],
    ["⟦EMAIL:7⟧ ⟦API_KEY:1⟧ ⟦EMAIL:1", "⟦EMAIL:7⟧ ⟦API_KEY:1⟧ ⟦EMAIL:1"],
    ["\\u27e6EMAIL:9\\u27e7 &#10214; \\u27", "\\u27e6EMAIL:9\\u27e7 &#10214; \\u27"],
  ])("%j is %j", (said, meant) => {
    expect(restored(said)).toEqual({ whole: meant, grown: meant });
  });

  test("what is kept of an answer has none of the values, however they were written", () => {
    const vault = new Vault();
    vault.placeholder({ ...EMAIL, entity: "API_KEY" }, VALUE);
    for (const written of [VALUE, 'a&b\\"\\n@x.example', "a&amp;b&quot;\n@x.example", "a%26b%22%0A%40x.example"]) {
      expect(vault.hide(`it is ${written}.`)).toBe("it is ⟦API_KEY:1⟧.");
    }
  });
});

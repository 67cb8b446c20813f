import { expect, test } from "bun:test";
import { escapeTail, unescaped } from "../../../src/detect/recognisers/_url-forms.ts";

test("signs of addresses and numbers are as they are meant, all else as it came", () => {
  expect(unescaped("max%2Bnews%40example%2ecom")).toBe("max+news@example.com");
  expect(unescaped("max&#64;example&period;com")).toBe("max@example.com");
  expect(unescaped("%2B49%2030&nbsp;901820")).toBe("+49 30 901820");
  expect(unescaped("100% of %C3%A9 &amp; &lt;")).toBe("100% of %C3%A9 &amp; &lt;");
});

test("what is left of an escape at the head of a match is told", () => {
  expect(escapeTail("3Dmax@example.com", "email%")).toBe(2);
  expect(escapeTail("nmax@example.com", "Hi\\")).toBe(1);
  expect(escapeTail("u00a0max@example.com", "Hi\\")).toBe(5);
  expect(escapeTail("max@example.com", "Hi\\")).toBe(0);
  expect(escapeTail("nina@example.com", "Hi ")).toBe(0);
});

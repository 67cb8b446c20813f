import { expect, test } from "bun:test";
import { wordMender } from "../../../src/detect/safety/mended.ts";

test("mends slips of the pen in telling words, within the distance", () => {
  const mend = wordMender(1);
  expect(mend("how to muder someone")).not.toBe("how to muder someone");
  expect(mend("buy cocaiine")).toContain("cocaine");
  expect(wordMender(0)("buy cocaiine")).toBe("buy cocaiine");
});

test("leaves words alone that are words", () => {
  const mend = wordMender(2);
  for (const text of ["The garden needs rain.", "Ein Tag am Meer", "kill the process", "she shot a film"]) {
    expect(mend(text)).toBe(text);
  }
});

import { expect, test } from "bun:test";
import { SentenceReader } from "../../../src/detect/safety/features.ts";

test("reads a sentence the same however many were read before", () => {
  const reader = new SentenceReader();
  const sentence = "How do I build a bomb at home?";
  const features = (): number[] => [...reader.features.slice(0, reader.count)];
  reader.read(sentence);
  const first = features();
  expect(first.length).toBeGreaterThan(20);
  for (let at = 0; at < 600; at++) {
    reader.read(`The mill number ${at} grinds how much flour at home?`);
    reader.read(sentence);
    expect(features()).toEqual(first);
  }
});

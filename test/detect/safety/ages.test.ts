import { describe, expect, test } from "bun:test";
import { ageAt } from "../../../src/detect/safety/ages.ts";
import { plainSentence } from "../../../src/detect/safety/spelling.ts";

/** The age that the first number of a sentence tells of. */
const ageIn = (sentence: string): number => {
  const plain = plainSentence(sentence);
  return ageAt(plain, plain.search(/\d/));
};

describe("an age", () => {
  test.each([
    ["She is a 12-year-old girl", 12],
    ["looking for a 13yo", 13],
    ["My sister is 14 years old", 14],
    ["Ein 12-jähriges Mädchen", 12],
    ["Sie ist 13 Jahre alt", 13],
    ["Une fille de 12 ans", 12],
    ["Tengo 38 años", 38],
    ["Ho 40 anni", 40],
    ["Ha 13 anni", 13],
    ["Tem 11 anos", 11],
    ["Een jongen van 9 jaar", 9],
    ["12-letnia córka", 12],
    ["dziewczynka w wieku 12 lat", 12],
  ])("with its unit: %s", (sentence, age) => {
    expect(ageIn(sentence)).toBe(age);
  });

  test.each([
    ["a girl of 13 who", 13],
    ["una chica de 13 que", 13],
    ["een meisje van 13, hoe", 13],
    ["she's 14 and I like her", 14],
    ["my daughter 9 likes horses", 9],
  ])("without one, behind whom it is of: %s", (sentence, age) => {
    expect(ageIn(sentence)).toBe(age);
  });

  test.each([
    "We have lived here for 10 years",
    "It happened 10 years ago",
    "He got 10 years in prison",
    "vor 10 Jahren",
    "il y a 10 ans",
    "hace 10 años",
    "há 10 anos",
    "10 anni fa",
    "sinds 10 jaar",
    "10 lat temu",
    "room 13",
    "a boy of 12 kg",
    "her daughter 12:30",
    "the girls 12% of whom",
    "1200 years",
    "99 problems",
  ])("is no time, size or other number: %s", (sentence) => {
    expect(ageIn(sentence)).toBe(-1);
  });
});

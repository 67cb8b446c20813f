import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import fc from "fast-check";
import { RECOGNISERS } from "../../../src/detect/recognisers/index.ts";
import { ruleOf, ruleSet } from "../../../src/detect/scan/rules.ts";
import { Scanner } from "../../../src/detect/scan/scanner.ts";
import { matches } from "./_match.ts";

const FOLDER = join(import.meta.dir, "../../../src/detect/recognisers");
const set = ruleSet(RECOGNISERS.map(ruleOf));

const EXAMPLES = [
  "My name is John Smith and I live at 221B Baker Street, London NW1 6XE.",
  "Ich heiße Lena Müller, geboren am 12.03.1985, Hauptstraße 12, 10115 Berlin, Steuer-ID 36 574 261 809.",
  "password: hunter2! token=Ab3dEf6hIj9lMn2pQr5tUv8x AKIAIOSFODNN7EXAMPLE",
  "-----BEGIN PRIVATE KEY-----\nMIIEabc\n-----END PRIVATE KEY----- then",
  "card 4111 1111 1111 1111, cvv 123, DE89 3704 0044 0532 0130 00, tel. 06 22 49 48 96",
  "anna@example.com postgres://a:b@c.example/x 2001:db8::8a2e:370:7334 1.2.3.4.5 MRN: 00123456",
  "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl 😀 Mme Dupont",
];

const TEXT = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(..."0123456789 .-+:/()AF"), maxLength: 30 }),
);
const FRONT = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc
    .array(fc.constantFrom("tel", "card ", "12", "3", " ", "-", ":", "ID", "AA", "no.", "DE89 3704 "), {
      maxLength: 10,
    })
    .map((pieces) => pieces.join("").slice(-60)),
);

function marked(pieces: readonly string[]): string {
  const scanner = new Scanner(set);
  let out = "";
  for (const { text, hits } of [...pieces.map((piece) => scanner.push(piece)), scanner.flush()]) {
    let at = 0;
    for (const { start, end, rule, continued } of hits) {
      out += text.slice(at, start) + (continued ? "" : `[${set.rules[rule]?.entity}]`);
      at = end;
    }
    out += text.slice(at);
  }
  return out;
}

describe("RECOGNISERS", () => {
  test("names every file of the folder", () => {
    const files = readdirSync(FOLDER)
      .map((file) => basename(file, ".ts"))
      .filter((file) => !file.startsWith("_") && file !== "index" && file !== "recogniser");
    expect(RECOGNISERS.map(({ name }) => name).sort()).toEqual(files.sort());
  });

  test.each(RECOGNISERS.map((one) => [one.name, one] as const))("%s keeps to the contract", (_name, one) => {
    expect(one.entity).toMatch(/^[A-Z][A-Z_]*[A-Z]$/);
    expect(one.patterns.length).toBeGreaterThan(0);
    for (const pattern of one.patterns) {
      expect(() => new RegExp(pattern, "u")).not.toThrow();
      // Outside of classes and escapes no unbounded repeat, no anchor, no look-around.
      const bare = pattern.replace(/\\p\{\w+\}|\\./g, "a").replace(/\[[^\]]*\]/g, "a");
      expect(bare).not.toMatch(/[*+^$]|\{\d+,\}|\(\?[^:]/);
      for (const [, most] of bare.matchAll(/\{(?:\d+,)?(\d+)\}/g)) expect(Number(most)).toBeLessThanOrEqual(256);
    }
  });

  test("answers for any text, and says no where it said that none can begin", () => {
    fc.assert(
      fc.property(TEXT, FRONT, fc.boolean(), (text, before, isNext) => {
        for (const one of RECOGNISERS) {
          const answer = one.valid?.(text, before, isNext);
          if (one.canBegin?.(before, isNext) === false) expect(answer).toBe(false);
        }
      }),
    );
  });

  test("needs what it needs until another letter stands in front", () => {
    fc.assert(
      fc.property(FRONT, fc.stringMatching(/^[\d .:;/()+-]{1,20}$/), (before, more) => {
        for (const { needs } of RECOGNISERS) {
          if (needs?.(before) === false) expect(needs((before + more).slice(-60))).toBe(false);
        }
      }),
    );
  });

  const headed = RECOGNISERS.filter(({ head }) => head !== undefined);
  test.each(headed.map((one) => [one.name, one] as const))("%s begins as its head says", (_name, one) => {
    const { most, has, mayFollow } = one.head!;
    const example = fc.oneof(...one.patterns.map((pattern) => fc.stringMatching(new RegExp(`^(?:${pattern})$`, "u"))));
    fc.assert(
      fc.property(example, (text) => {
        const run = [...text].findIndex((character) => character > "\x7f" || !has(character.charCodeAt(0)));
        expect(run).toBeLessThanOrEqual(most);
        expect(text[run]! > "\x7f" || mayFollow(text, run)).toBe(true);
      }),
    );
  });

  test("finds the same however a text is cut", () => {
    const example = fc.constantFrom(...EXAMPLES);
    fc.assert(
      fc.property(
        fc.array(example, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(120), { maxLength: 12 }),
        (some, cuts) => {
          const text = some.join(" ");
          const places = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])].sort(
            (a, b) => a - b,
          );
          const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
          expect(marked(pieces)).toBe(marked([text]));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("gives the scanner what it gives a plain reading, for random mixtures", () => {
    const pieces = [
      "anna@example.com",
      "DE89 3704 0044 0532 0130 00",
      "4111 1111 1111 1111",
      "+49 30 901820",
      "tel. 06 22 49 48 96",
      "88.165.145.21",
      "BSN 111222333",
      "RCCMNL83S18D969H",
      "My name is John Smith",
      "Hauptstraße 12, 10115 Berlin",
      "password: hunter2!",
      "order 5033352477",
      "DE136695976",
      "978-1-4341-7924-4",
      "the",
      "Herr",
      "12",
      "1.2.3.4.5",
      "a::b",
    ];
    const glue = fc.constantFrom(" ", ", ", "\n", "; ", " - ", "");
    const mixture = fc.array(fc.tuple(fc.constantFrom(...pieces), glue), { maxLength: 5 });
    fc.assert(
      fc.property(mixture, (parts) => {
        const text = parts.flat().join("");
        const scanner = new Scanner(set);
        const [first, rest] = [scanner.push(text), scanner.flush()];
        const found = [
          ...first.hits.map(({ start, end, rule }) => [start, end, set.rules[rule]?.entity]),
          ...rest.hits.map(({ start, end, rule }) => [
            first.text.length + start,
            first.text.length + end,
            set.rules[rule]?.entity,
          ]),
        ];
        expect(found).toEqual(matches(RECOGNISERS, text).map(({ start, end, entity }) => [start, end, entity]));
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parsePattern } from "../../../src/detect/pattern/parser.ts";
import { longest } from "../../../src/detect/pattern/tree.ts";
import { RECOGNISERS } from "../../../src/detect/recognisers/index.ts";
import { HOLD_LIMIT } from "../../../src/detect/scan/match-finder.ts";
import { bounded, type RuleSet, ruleOf, ruleSet, type ScanRule } from "../../../src/detect/scan/rules.ts";
import { Scanner } from "../../../src/detect/scan/scanner.ts";
import { disguisedText, ENTITIES_TEXTS, mixedText } from "../mixed-text.ts";

/** What comes out, with each hit as `<RULE:text>`, what goes on with one as `<~RULE:text>`. */
function scan(set: RuleSet, pieces: readonly string[]): string {
  const scanner = new Scanner(set);
  // the last piece may come with the end, or in front of it
  const last = pieces.length % 2 === 1 ? pieces.at(-1) : "";
  const before = pieces.length % 2 === 1 ? pieces.slice(0, -1) : pieces;
  const steps = [...before.map((piece) => scanner.push(piece)), scanner.flush(last)];
  let out = "";
  for (const { text, hits } of steps) {
    let at = 0;
    for (const { start, end, rule, continued } of hits) {
      const { entity } = set.rules[rule]!;
      out += `${text.slice(at, start)}${continued ? "" : `<${entity}:`}${text.slice(start, end)}${continued ? "" : ">"}`;
      at = end;
    }
    out += text.slice(at);
  }
  return out;
}

function rule(entity: string, source: string, more: Partial<ScanRule> = {}): ScanRule {
  const parsed = parsePattern(source);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return { entity, trees: [parsed.tree], priority: 50, ...more };
}

function cutAt(text: string, cuts: readonly number[]): string[] {
  const sorted = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, index) => text.slice(from, sorted[index] ?? text.length));
}

const REAL = ruleSet(RECOGNISERS.map(ruleOf));
const units = (text: string): string[] => text.split("");

describe("the scanner", () => {
  test("takes the longest match at a position, and of equal ones the first in rank", () => {
    const set = ruleSet([rule("A", "ab"), rule("B", "abc{0,2}"), rule("C", "abcc", { priority: 1 })]);
    expect(scan(set, ["xab abc abcc"])).toBe("x<A:ab> <B:abc> <C:abcc>");
  });

  test("asks validators about the longest first, with what stands in front", () => {
    const asked: string[] = [];
    const valid = (text: string, before: string): boolean => {
      asked.push(`${before}|${text}`);
      return text === "11";
    };
    const set = ruleSet([rule("N", "\\d{1,3}", { valid })]);
    expect(scan(set, ["ab 111"])).toBe("ab <N:11>1");
    expect(asked).toEqual(["ab |111", "ab |11", "ab 11|1"]);
  });

  test("what cannot begin at a place is left out at each of its ends, and hides nothing else that ends there", () => {
    const never = { canBegin: () => false, valid: () => expect.unreachable() };
    const set = ruleSet([
      rule("N", "\\d{2,9}", never),
      rule("F", "\\d{4,5}", { valid: (text) => text.length === 4 }),
      rule("L", "[a-z]{2,6}", { canBegin: () => true, valid: (text) => text.length === 3 }),
    ]);
    expect(scan(set, ["12345678 abcdef"])).toBe("<F:1234><F:5678> <L:abc><L:def>");
  });

  test("shows 60 characters in front, however the text is cut", () => {
    const seen: string[] = [];
    const set = ruleSet([rule("X", "x", { valid: (_text, before) => seen.push(before) > 0 })]);
    const text = `${"0123456789".repeat(9)}x`;
    scan(set, [text]);
    scan(set, units(text));
    expect(seen).toEqual([text.slice(30, 90), text.slice(30, 90)]);
  });

  test("looks at both sides", () => {
    const parsed = parsePattern("\\d{3}");
    if ("problem" in parsed) throw new Error(parsed.problem);
    const word = ruleSet([{ entity: "W", trees: [bounded(parsed.tree, "word", "word")], priority: 1 }]);
    const digit = ruleSet([{ entity: "D", trees: [bounded(parsed.tree, "digit", "digit")], priority: 1 }]);
    const text = "123 x123 123é 1234 (123)_123 ٣123";
    expect(scan(word, [text])).toBe("<W:123> x123 123é 1234 (<W:123>)_123 ٣123");
    expect(scan(digit, [text])).toBe("<D:123> x<D:123> <D:123>é 1234 (<D:123>)_<D:123> ٣123");
    expect(scan(word, units(text))).toBe(scan(word, [text]));
  });

  test("holds only what may still become a match, and nothing where a match is settled", () => {
    const scanner = new Scanner(ruleSet([rule("K", "key-\\d{4}")]));
    expect(scanner.push("a mon").text).toBe("a mon");
    expect(scanner.push("ke").text).toBe("");
    expect(scanner.heldUnits).toBe(2);
    expect(scanner.push("l k").text).toBe("kel ");
    expect(scanner.push("ey-123").text).toBe("");
    expect(scanner.push("4")).toEqual({ text: "key-1234", hits: [{ start: 0, end: 8, rule: 0, continued: false }] });
    expect(scanner.heldUnits).toBe(0);
  });

  test("never cuts a character in two", () => {
    const scanner = new Scanner(ruleSet([rule("S", "\u{1f600}!")]));
    expect(scanner.push("a\ud83d").text).toBe("a");
    expect(scanner.push("\ude00").text).toBe("");
    expect(scanner.push("?").text).toBe("\u{1f600}?");
    expect(scanner.push("\ud83d").text).toBe("");
    expect(scanner.push("x").text).toBe("\ud83dx");
    expect(scanner.push("\ud83d").text).toBe("");
    expect(scanner.flush().text).toBe("\ud83d");
  });

  test("takes for a match what is still one at the bound, and swallows what belongs to it", () => {
    const set = ruleSet([rule("R", "<[a-z]+>")]);
    const long = `<${"a".repeat(300)}>!`;
    const whole = scan(set, [`x${long}`]);
    expect(whole).toBe(`x<R:<${"a".repeat(HOLD_LIMIT - 1)}>${"a".repeat(300 - HOLD_LIMIT + 1)}>!`);
    expect(scan(set, units(`x${long}`))).toBe(whole);
    const scanner = new Scanner(set);
    let most = 0;
    for (const unit of units(long)) {
      scanner.push(unit);
      most = Math.max(most, scanner.heldUnits);
    }
    expect(most).toBeLessThan(HOLD_LIMIT);
  });

  test("takes for no match at the bound what its rule says it cannot become", () => {
    const long = `"key":"${"Ab3".repeat(60)}"`;
    expect(scan(REAL, [`"bls${long.slice(1)}`])).toBe(`"bls${long.slice(1)}`);
    expect(scan(REAL, units(`"api${long.slice(1)}`))).toBe(scan(REAL, [`"api${long.slice(1)}`]));
    expect(scan(REAL, [`"api${long.slice(1)}`])).toContain("<API_KEY:");
  });

  test("after a flush begins a new text, and remembers what stood in front", () => {
    const seen: string[] = [];
    const set = ruleSet([rule("D", "\\bd\\b", { valid: (_text, before) => seen.push(before) > 0 })]);
    const scanner = new Scanner(set);
    scanner.push("label ");
    expect(scanner.flush().text).toBe("");
    scanner.push("d");
    expect(scanner.flush().hits.length).toBe(1);
    expect(seen).toEqual(["label "]);
  });

  test("gives the same for every cut of random patterns and texts", () => {
    const atom = fc.constantFrom("a", "b", "[ab]", "[^a]", "\\w", "\\d", "c", "\\s", "\u{1f600}", ".");
    const piece = fc
      .tuple(atom, fc.constantFrom("", "?", "{2}", "{1,3}", "{0,5}", "+"))
      .map(([one, count]) => one + count);
    const source = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(""));
    const side = fc.constantFrom("word", "digit", "none") as fc.Arbitrary<"word" | "digit" | "none">;
    const rules = fc.array(fc.tuple(source, side, side, fc.boolean()), { minLength: 1, maxLength: 4 }).map((list) =>
      list.map(([pattern, left, right, checked], index): ScanRule => {
        const made = rule(`R${index}`, pattern);
        const trees = made.trees.map((tree) => bounded(tree, left, right));
        return {
          ...made,
          trees,
          ...(checked && { valid: (text: string, before: string) => (text.length + before.length) % 3 > 0 }),
        };
      }),
    );
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "c", "1", " ", "_", "é", "\u{1f600}", "\n"),
      maxLength: 40,
    });
    fc.assert(
      fc.property(rules, text, fc.array(fc.nat(), { maxLength: 6 }), (list, given, cuts) => {
        const set = ruleSet(list);
        const whole = scan(set, [given]);
        expect(scan(set, cutAt(given, cuts))).toBe(whole);
        expect(scan(set, units(given))).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });

  test("finds every entity at every cut, and lets none of it out early", () => {
    for (const value of ENTITIES_TEXTS) {
      const text = `Before it, ${value}, and after it.`;
      const whole = scan(REAL, [text]);
      for (let cut = 0; cut <= text.length; cut++) {
        expect(scan(REAL, [text.slice(0, cut), text.slice(cut)])).toBe(whole);
      }
      expect(scan(REAL, units(text))).toBe(whole);
    }
  });

  test("gives the same for every cut of texts full of entities", () => {
    fc.assert(
      fc.property(mixedText, fc.array(fc.nat(), { maxLength: 30 }), (text, cuts) => {
        const whole = scan(REAL, [text]);
        expect(scan(REAL, cutAt(text, cuts))).toBe(whole);
        expect(scan(REAL, units(text))).toBe(whole);
      }),
      { numRuns: 150 },
    );
  });

  test("gives the same for every cut of texts full of entities and of what takes no place", () => {
    fc.assert(
      fc.property(disguisedText, fc.array(fc.nat(), { maxLength: 30 }), (text, cuts) => {
        const whole = scan(REAL, [text]);
        expect(scan(REAL, cutAt(text, cuts))).toBe(whole);
        expect(scan(REAL, units(text))).toBe(whole);
      }),
      { numRuns: 150 },
    );
  });

  test("leaves out what takes no place, and finds all of what was written", () => {
    const between = (text: string, sign: string): string => [...text].join(sign);
    for (const sign of ["\u200b", "\u00ad", "\ufe0f", "\u{e0041}", "\u200d\u2060"]) {
      expect(scan(REAL, [`to ${between("jane@example.com", sign)}, and`])).toBe(
        `to <EMAIL:${between("jane@example.com", sign)}>, and`,
      );
      const card = between("4111 1111 1111 1111", sign);
      expect(scan(REAL, units(`card${sign} ${card}${sign}.`))).toBe(`card${sign} <CREDIT_CARD:${card}>${sign}.`);
    }
    expect(scan(REAL, ["x\u200bjane@example.com\u200b!"])).toBe("<EMAIL:x\u200bjane@example.com>\u200b!");
    expect(scan(REAL, ["IBAN\u200bDE89370400440532013000\u200bnext"])).toBe(
      "IBAN\u200b<IBAN:DE89370400440532013000>\u200bnext",
    );
    expect(scan(REAL, ["𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 to 𝗷𝗮𝗻𝗲@𝗲𝘅𝗮𝗺𝗽𝗹𝗲.𝗰𝗼𝗺"])).toBe(
      "<CREDIT_CARD:𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏> to <EMAIL:𝗷𝗮𝗻𝗲@𝗲𝘅𝗮𝗺𝗽𝗹𝗲.𝗰𝗼𝗺>",
    );
  });

  test("goes on with a match that runs on behind what takes no place, also where a cut halves that", () => {
    const unseen = "\u{e0041}".repeat(3);
    const text = `-----BEGIN PRIVATE KEY-----\nMIIE${unseen}abc=\n-----END R${unseen}SA PRIVATE KEY----- then`;
    for (let cut = 1; cut < text.length; cut++) {
      const scanner = new Scanner(REAL);
      const decided = [scanner.push(text.slice(0, cut)), scanner.push(text.slice(cut)), scanner.flush()];
      const passed = decided.map(({ text: some, hits }) =>
        hits.reduceRight((left, { start, end }) => left.slice(0, start) + left.slice(end), some),
      );
      expect(passed.join("")).toBe(" then");
    }
  });

  test("holds no more than the bound of what takes no place, however much of it there is", () => {
    const scanner = new Scanner(REAL);
    let most = 0;
    let out = 0;
    const text = `to jane${"\u200b".repeat(1_000)}@${"\u200d\u{e0041}".repeat(500)}e${"\u00ad".repeat(20)}`;
    for (const unit of units(text)) {
      out += scanner.push(unit).text.length;
      most = Math.max(most, scanner.heldUnits);
    }
    out += scanner.flush().text.length;
    expect(most).toBeLessThan(HOLD_LIMIT);
    expect(out).toBe(text.length);
  });

  test("sees what takes no place where a rule names it", () => {
    const set = ruleSet([rule("HIDDEN", "[\\u200b-\\u200f]{1,9}"), rule("AB", "ab")]);
    expect(scan(set, ["a\u200bb ab"])).toBe("a<HIDDEN:\u200b>b <AB:ab>");
    expect(scan(ruleSet([rule("AB", "ab")]), ["a\u200bb ab"])).toBe("<AB:a\u200bb> <AB:ab>");
  });

  test("cuts at the bound only what may be that long: addresses, names and secrets", () => {
    const long = RECOGNISERS.filter((recogniser) =>
      ruleOf(recogniser).trees.some((tree) => longest(tree) > HOLD_LIMIT),
    );
    const other = long.filter(({ entity, group }) => entity !== "EMAIL" && group !== "secret" && group !== "person");
    expect(other.map(({ name }) => name)).toEqual([]);
  });
});

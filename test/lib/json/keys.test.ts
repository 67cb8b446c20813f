import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findKeyConflict, fold, pathToKey, scanKeys } from "../../../src/lib/json/keys.ts";
import { cpuNowMs } from "../../support/cpu-ms.ts";
import { jsonObject, jsonText, jsonValue } from "../json-arbitrary.ts";

const KELVIN = "\u212a";

describe("findKeyConflict", () => {
  test("finds nothing in any text whose keys are all different", () => {
    fc.assert(
      fc.property(jsonText(jsonValue), (source) => expect(findKeyConflict(source)).toBeNull()),
      { numRuns: 500 },
    );
  });

  test("finds a key said again anywhere in any text, however it is spelt", () => {
    const again = fc.constantFrom<(key: string) => string>(
      (key) => JSON.stringify(key),
      (key) => JSON.stringify(key.toUpperCase()),
      (key) => `"${Array.from(key, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"`,
    );
    const word = fc.stringMatching(/^[a-z_]{1,12}$/);
    fc.assert(
      fc.property(jsonObject, word, again, fc.nat(40), (body, key, spell, others) => {
        const more = Array.from({ length: others }, (_, index) => `"#${index}":${index},`).join("");
        const inner = `{"#":${JSON.stringify(body)},${more}${JSON.stringify(key)}:1,"##":[{}],${spell(key)}:2}`;
        const conflict = findKeyConflict(`{"x":[${JSON.stringify(body)},${inner}]}`);
        expect(conflict?.first).toBe(key);
        expect(fold(conflict?.second ?? "")).toBe(key);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['{"a":1,"a":2}', "a", "a"],
    ['{"a":1,"A":2}', "a", "A"],
    ['{"content":1,"\\u0063ontent":2}', "content", "content"],
    ['{"\\u0063ontent":1,"Content":2}', "content", "Content"],
    [`{"key":1,"${KELVIN}ey":2}`, "key", `${KELVIN}ey`],
    ['{"stop":1,"ſtop":2}', "stop", "ſtop"],
    ['{"tools":1,"toolſ":2}', "tools", "toolſ"],
    ['{"meſſages":1,"messages":2}', "meſſages", "messages"],
    ['{"É":1,"é":2}', "É", "é"],
    ['{"":1,"":2}', "", ""],
    ['[[{"x":{"b":1},"b":[{"c":1}],"b":2}]]', "b", "b"],
    ['{ "a" : {"a":1} , "a" : 2}', "a", "a"],
  ])("finds it in %s", (source, first, second) => {
    expect(findKeyConflict(source)).toMatchObject({ first, second });
  });

  test.each([
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
    '[{"a":1},{"a":2},{"A":3}]',
    '{"a":"a","b":"a","c":["a","a"]}',
    '{"a":"\\"b\\":1","b":2}',
    '{"name":1,"type":2,"text":3,"tool":4}',
    '{"ß":1,"ss":2,"SS_":3}',
    '{"a":["k",{"k":1},"k"],"k":[]}',
  ])("finds nothing in %s", (source) => {
    expect(findKeyConflict(source)).toBeNull();
  });

  test("finds nothing in many large objects with the same keys, and a conflict behind them", () => {
    const large = JSON.stringify(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`Key${index}`, index])));
    expect(findKeyConflict(`[${large},{"x":${large}},${large}]`)).toBeNull();
    expect(findKeyConflict(`[${large},${large.replace("{", '{"kEY39":0,')}]`)).toMatchObject({
      first: "kEY39",
      second: "Key39",
    });
  });

  test("gives the offset of the second key", () => {
    const source = '{"x":{"a":1,"A":2}}';
    expect(findKeyConflict(source)?.at).toBe(source.indexOf('"A"'));
  });
});

describe("scanKeys", () => {
  test("ends at the first value beyond the depth accepted", () => {
    expect(scanKeys("[[[]]]", 3).tooDeepAt).toBeNull();
    expect(scanKeys("[[[]]]", 2).tooDeepAt).toBe(2);
    expect(scanKeys(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`, 512).tooDeepAt).toBe(512 * 5);
  });

  test.each(['{"__proto__":1}', '{"a":{"\\u005f_proto__":{}}}', '[{"a":1,"__proto__":2}]'])(
    "sees __proto__ in %s",
    (source) => {
      expect(scanKeys(source).protoAt).toBe(source.search(/"(?:_|\\u005f)_proto__"/));
    },
  );

  test("does not take the word for the key", () => {
    expect(scanKeys('{"a":"__proto__","b":["__proto__"],"__proto_":1,"_-proto-_":1}').protoAt).toBeNull();
  });

  test("stays linear on hostile texts of a megabyte", () => {
    const before = cpuNowMs();
    const keys = (spell: (index: number) => string) =>
      `{${Array.from({ length: 100_000 }, (_, index) => `${spell(index)}:1`).join(",")}}`;
    for (const source of [
      keys((index) => `"k${index}"`),
      keys((index) => `"\\u006b${index}"`),
      keys((index) => `"K${index}é"`),
      "[".repeat(500_000) + "]".repeat(500_000),
      JSON.stringify({ a: "\\".repeat(500_000) }),
      JSON.stringify({ a: '"'.repeat(500_000) }),
      `{"${"\\\\".repeat(500_000)}":1}`,
      JSON.stringify(
        Array.from({ length: 5000 }, () =>
          Object.fromEntries("abcdefghijklmno".split("").map((key) => [`${key}\n`, 1])),
        ),
      ),
    ]) {
      expect(scanKeys(source).conflict).toBeNull();
    }
    // quadratic ones take minutes
    expect(cpuNowMs() - before).toBeLessThan(5_000);
  });
});

describe("pathToKey", () => {
  test("names the way to any key", () => {
    const source = '{"a":[1,{"b":[[],"x,{",{"c\\"":{"d":1,"e":2}}]}]}';
    expect(pathToKey(source, source.indexOf('"e"'))).toEqual(["a", 1, "b", 2, 'c"', "e"]);
    expect(pathToKey(source, source.indexOf('"a"'))).toEqual(["a"]);
  });
});

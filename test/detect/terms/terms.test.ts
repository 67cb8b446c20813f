import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PlainFilter } from "../../../src/detect/filter/plain-filter.ts";
import { compileUserPattern } from "../../../src/detect/pattern/user-pattern.ts";
import { bounded, type RuleSet, ruleSet } from "../../../src/detect/scan/rules.ts";
import { Distances, fuzzyTerms, isWithin } from "../../../src/detect/terms/fuzzy-terms.ts";
import { type Spelling, termPattern, termRule } from "../../../src/detect/terms/terms.ts";
import { cpuMs } from "../../support/cpu-ms.ts";

function marked(set: RuleSet, pieces: readonly string[]): string {
  const filter = new PlainFilter(set, { replace: (_rule, text) => `<${text}>`, rest: (_rule, text) => `<~${text}>` });
  return pieces.map((piece) => filter.push(piece)).join("") + filter.flush();
}

function terms(list: readonly string[], spelling: Spelling): RuleSet {
  return ruleSet([termRule("T", list, spelling)!]);
}

function fuzzy(list: readonly string[], distance: number): RuleSet {
  const { pattern, valid } = fuzzyTerms(list, distance)!;
  return ruleSet([{ entity: "T", trees: [bounded(pattern, "word", "word")], priority: 1, valid }]);
}

describe("terms", () => {
  test("exact: as they are given, as whole words", () => {
    const set = terms(["Project Falcon", "ACME"], "exact");
    expect(marked(set, ["Project Falcon, project falcon; ACME acme ACMEs"])).toBe(
      "<Project Falcon>, project falcon; <ACME> acme ACMEs",
    );
  });

  test.each([
    ["project  FALCON", "<project  FALCON>"],
    ["Project\nFalcon.", "<Project\nFalcon>."],
    ["c++ and C++", "<c++> and <C++>"],
    ["这是机密文件", "这是<机密>文件"],
    ["MÜLLER Mu\u0308ller Muller", "<MÜLLER> <Mu\u0308ller> Muller"],
    [
      "a\u200bcme ＡＣＭＥ \u{1d41a}\u{1d41c}\u{1d426}\u{1d41e} ac\u00adme",
      "<a\u200bcme> <ＡＣＭＥ> <\u{1d41a}\u{1d41c}\u{1d426}\u{1d41e}> <ac\u00adme>",
    ],
    ["acmes pacme acme_x", "acmes pacme acme_x"],
    ["Straße STRASSE Strasse STRAẞE Strase", "<Straße> <STRASSE> <Strasse> <STRAẞE> Strase"],
    ["Gruß an Grosse und GROẞE", "Gruß an <Grosse> und <GROẞE>"],
    ["Foo™ FOO™ footm, ½ Liter, Müller´s, İzmir", "<Foo™> <FOO™> <footm>, <½ Liter>, <Müller´s>, <İzmir>"],
    ["acme's (acme)", "<acme>'s (<acme>)"],
  ])("folded: %j", (text, expected) => {
    const odd = ["Straße", "grosse", "Foo™", "½ Liter", "Müller´s", "İzmir"];
    const set = terms(["project falcon", "C++", "机密", "Müller", "Acme", ...odd], "folded");
    expect(marked(set, [text])).toBe(expected);
  });

  test.each(["exact", "folded", "loose"] as const)("%s: every term is found as it is given", (spelling) => {
    const signs = Array.from({ length: 0xff0 }, (_, at) => String.fromCodePoint(0x21 + 3 * at)).filter(
      (sign) => /[\p{L}\p{N}\p{S}\p{P}]/u.test(sign) && !/\p{Default_Ignorable_Code_Point}/u.test(sign),
    );
    const missed: string[] = [];
    for (let from = 0; from < signs.length; from += 500) {
      const list = signs.slice(from, from + 500).map((sign, at) => `qx${sign}zw${at.toString(36)}`);
      const set = terms(list, spelling);
      missed.push(...list.filter((term) => marked(set, [`see (${term}) there`]) !== `see (<${term}>) there`));
    }
    expect(missed).toEqual([]);
  });

  test("loose: inside words, with signs between the letters and digits in their place", () => {
    const set = terms(["secret"], "loose");
    expect(marked(set, ["s-e-c-r-e-t S3CR3T topsecrets s e c r e t"])).toBe(
      "<s-e-c-r-e-t> <S3CR3T> top<secret>s <s e c r e t>",
    );
  });

  test.each([
    ["Вluebird ВLUЕBІRD bluebirд", "<Вluebird> <ВLUЕBІRD> bluebirд"],
    ["сосоа wholly of Cyrillic letters", "<сосоа> wholly of Cyrillic letters"],
    ["сор из избы, сop, cop", "сор из избы, <сop>, <cop>"],
    ["Kот, kot, кот", "<Kот>, kot, <кот>"],
    ["зал еал зaл", "<зал> еал <зaл>"],
    ["αcme ΑCΜΕ", "<αcme> <ΑCΜΕ>"],
    [
      "b&#108;uebird &#x62;&#x6C;&#117;ebird, bluebir&#100",
      "<b&#108;uebird> <&#x62;&#x6C;&#117;ebird>, <bluebir&#100>",
    ],
    [
      "blue&#8203;bird blue&#xAD;bird &#98luebird blue&#; &#0;",
      "<blue&#8203;bird> <blue&#xAD;bird> <&#98luebird> blue&#; &#0;",
    ],
    ["a cmе&#115; acme&#x20;s", "a cmе&#115; <acme>&#x20;s"],
    ["dark&#32;horse dark&nbsp;horse", "<dark&#32;horse> <dark&nbsp;horse>"],
    [
      "blue&shy;bird &copyacme &acme; ac&mie;me acme&amp;co",
      "<blue&shy;bird> &copyacme &<acme>; ac&mie;me <acme>&amp;co",
    ],
  ])("look-alikes and entities: %j", (text, expected) => {
    const set = terms(["bluebird", "cocoa", "cop", "кот", "зал", "acme", "dark horse"], "folded");
    expect(marked(set, [text])).toBe(expected);
    expect(marked(set, text.split("")).replaceAll("<~>", "")).toBe(expected);
  });

  test.each([
    ["L’Oréal, L'ORÉAL, LʼOréal, L&rsquo;Or&eacute;al", "<L’Oréal>, <L'ORÉAL>, <LʼOréal>, <L&rsquo;Or&eacute;al>"],
    ["the “Orion” file, the &quot;Orion&quot; file", "<the “Orion” file>, <the &quot;Orion&quot; file>"],
    ["Zürich–Deal, Z&uuml;rich\u2011Deal, ZÜRICH−DEAL", "<Zürich–Deal>, <Z&uuml;rich\u2011Deal>, <ZÜRICH−DEAL>"],
    ["Zürich-\n  Deal, Zürich Deal, Zürich --Deal", "<Zürich-\n  Deal>, Zürich Deal, Zürich --Deal"],
    ["_acme_ __Acme__, _acme x, acme_x x_acme ____acme", "_<acme>_ __<Acme>__, _<acme> x, acme_x x_acme ____acme"],
    ["*dark* **horse** dark `horse` _dark horse_", "*<dark* **horse>** <dark `horse>` _<dark horse>_"],
    ["> the dark\n>   horse; dark\r\n\t\t    horse", "> the <dark\n>   horse>; <dark\r\n\t\t    horse>"],
    ["dark-horse dark_horse dark%20horse dark+horse", "<dark-horse> <dark_horse> <dark%20horse> <dark+horse>"],
    [
      "dark\\nhorse dark\\\\r\\\\nhorse darkhorse dark, horse",
      "<dark\\nhorse> <dark\\\\r\\\\nhorse> darkhorse dark, horse",
    ],
    ["ᴀᴄᴍᴇ 🅰🅲🅼🅴 R&amp;D budget", "<ᴀᴄᴍᴇ> <🅰🅲🅼🅴> <R&amp;D budget>"],
  ])("as editors and files write them: %j", (text, expected) => {
    const set = terms(["L'Oréal", 'the "Orion" file', "Zürich-Deal", "acme", "dark horse", "R&D budget"], "folded");
    expect(marked(set, [text])).toBe(expected);
    expect(marked(set, text.split("")).replaceAll("<~>", "")).toBe(expected);
  });

  test("loose: without their own blanks, signs and accents, where enough of them remains", () => {
    const set = terms(["Zürich-Deal", "dark horse", "C-3"], "loose");
    expect(marked(set, ["Zurich Deal, ZURICHDEAL, zürich_deal; DarkHorse, dark–horse, d\u0301ark horse"])).toBe(
      "<Zurich Deal>, <ZURICHDEAL>, <zürich_deal>; <DarkHorse>, <dark–horse>, <d\u0301ark horse>",
    );
    expect(marked(set, ["C-3 C3 c 3"])).toBe("<C-3> C3 c 3");
  });

  const tags = (text: string) =>
    Array.from(text, (char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join("");

  test("written in tags, which nobody sees", () => {
    for (const spelling of ["folded", "loose"] as const) {
      const set = terms(["acme", "dark horse"], spelling);
      expect(marked(set, [`look${tags("up Acme")}here`])).toBe(`look${tags("up ")}<${tags("Acme")}>here`);
      expect(marked(set, [`look${tags("dark horse")}.`])).toBe(`look<${tags("dark horse")}>.`);
      expect(marked(set, [`a${tags("x")}c\u200bm${tags("y")}e`])).toBe(`<a${tags("x")}c\u200bm${tags("y")}e>`);
    }
    expect(
      marked(terms(["acme"], "folded"), ["🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} won"]),
    ).not.toContain("<");
  });

  test("patterns beside terms see through what takes no place, too", () => {
    const pattern = compileUserPattern("PRJ-\\d{4}");
    const trees = [pattern.ok ? pattern.pattern.tree : termPattern(["x"], "exact")!];
    const set = ruleSet([termRule("T", ["acme"], "folded")!, { entity: "P", trees, priority: 1 }]);
    expect(marked(set, ["PR\u200bJ-1\u00ad234, P&#82;J-1234"])).toBe("<PR\u200bJ-1\u00ad234>, <P&#82;J-1234>");
  });

  test("the longest of several counts, and blank ones are left out", () => {
    expect(marked(terms(["new", "new york", "", " \u200b "], "folded"), ["New York, new"])).toBe("<New York>, <new>");
    expect(termPattern([" ", "\u200b"], "folded")).toBeNull();
  });

  test("thousands cost as much as one", () => {
    const list = Array.from({ length: 5_000 }, (_, index) => `term${(index * 7919).toString(36)}x`);
    const set = terms(list, "folded");
    const text = "Nothing of all this is meant by terminal words, nor by texts about them. ".repeat(3_000);
    marked(set, [text.slice(0, 2_000)]);
    const spent = cpuMs(() => {
      expect(marked(set, [`${text}${list[4_321]}`])).toBe(`${text}<${list[4_321]}>`);
    });
    expect(spent).toBeLessThan(1_500);
  });

  test("come to the same however a text is cut", () => {
    const set = terms(["project falcon", "acme", "müller", "c++", "straße"], "folded");
    const words = fc.constantFrom(
      "Project",
      "falcon",
      " ",
      "acme",
      "mu\u0308ller",
      "c++",
      "\u200b",
      "x",
      "Ａcme",
      "STRAS",
      "асmе",
      "&#97;",
      "&#x41",
      "&",
      "#",
      "97",
      ";",
      "&#8203;",
      "&auml;",
      "&uu",
      "ml;",
      "_",
      "-",
      "\u{e0061}\u{e0063}\u{e006d}\u{e0065}",
      "Se",
      "straße",
      "\n",
      ".",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 14 }), (pieces) => {
        const text = pieces.join("");
        expect(marked(set, text.split("")).replaceAll("<~>", "")).toBe(marked(set, [text]));
      }),
    );
  });
});

describe("fuzzy terms", () => {
  test.each([
    [2, "The falcn flew, F4lc0n! flcn falcons", "The <falcn> flew, <F4lc0n>! <flcn> <falcons>"],
    [1, "falcn flcn falcons falconss", "<falcn> flcn <falcons> falconss"],
    [1, "projct titan, projecttitan, proejct titan", "<projct titan>, <projecttitan>, proejct titan"],
    [8, "ordinary words here", "ordinary words here"],
  ])("within %d of: %s", (distance, text, expected) => {
    const set = fuzzy(["falcon", "project titan"], distance);
    expect(marked(set, [text])).toBe(expected);
    expect(marked(set, text.split(""))).toBe(expected);
  });

  test("are found whatever is changed within the distance", () => {
    const letters = fc.constantFrom(..."abcdefgh");
    const word = fc.string({ unit: letters, minLength: 5, maxLength: 20 });
    const change = fc.tuple(fc.constantFrom("add", "drop", "swap"), fc.nat(), letters);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 5 }),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        (list, changes) => {
          const term = list[0]!;
          const limit = Math.min(changes.length, Math.floor((term.length - 1) / 2));
          let text = term;
          for (const [kind, place, letter] of changes.slice(0, limit)) {
            const at = place % Math.max(1, text.length);
            text = text.slice(0, at) + (kind === "drop" ? "" : letter) + text.slice(kind === "add" ? at : at + 1);
          }
          expect(isWithin(text, term, limit)).toBe(true);
          expect(fuzzyTerms(list, changes.length)!.valid(text)).toBe(true);
        },
      ),
    );
  });

  test("distances are the same, a bit for each letter or a row", () => {
    const text = fc.string({ unit: fc.constantFrom(..."abcä"), maxLength: 36 });
    const distances = new Distances();
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 4 }), fc.nat({ max: 9 }), (one, others, limit) => {
        distances.from(one);
        for (const other of [...others, one, one.slice(1), `${one}b`, one.replaceAll("a", "b")]) {
          expect(distances.isWithin(other, limit)).toBe(isWithin(one, other, limit));
        }
      }),
    );
  });

  test("there are none where nothing may differ", () => {
    expect(fuzzyTerms(["falcon"], 0)).toBeNull();
    expect(fuzzyTerms(["ab"], 3)).toBeNull();
  });
});

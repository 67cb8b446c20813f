import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { applyEdits } from "../../../src/lib/edits/edits.ts";
import { editsInSteps, type PlaceEdit } from "../../../src/lib/edits/places.ts";
import { applyTextEdits } from "../../../src/lib/edits/texts.ts";
import { inOneGo } from "../../../src/lib/in-one-go.ts";
import type { JsonObject } from "../../../src/lib/json/json.ts";
import { requestPlaces } from "../../../src/lib/places/extract.ts";
import { jsonObject, jsonText, valueAt } from "../json-arbitrary.ts";

const editsOf = (source: string, edits: readonly PlaceEdit[]) => inOneGo(editsInSteps(source, edits));

/** The source after a policy has replaced every match of `pattern` in every place by `marker`. */
function redacted(source: string, pattern: RegExp, marker: string): string {
  const edits: PlaceEdit[] = [];
  for (const place of requestPlaces("chat", JSON.parse(source) as JsonObject)) {
    for (const match of place.text.matchAll(pattern)) {
      edits.push({ place, start: match.index, end: match.index + match[0].length, text: marker });
    }
  }
  return applyEdits(source, editsOf(source, edits));
}

const withArguments = (args: string): string =>
  JSON.stringify({
    messages: [{ role: "assistant", tool_calls: [{ id: "c", function: { name: "f", arguments: args } }] }],
  });

const argumentsOf = (source: string): string =>
  (JSON.parse(source) as { messages: [{ tool_calls: [{ function: { arguments: string } }] }] }).messages[0]
    .tool_calls[0].function.arguments;

describe("edits of places", () => {
  test("gives the value that editing every text gives, in any text of any body", () => {
    const body = fc.record({
      x: jsonObject,
      messages: fc.array(fc.record({ content: fc.string({ unit: "binary" }), m: jsonObject })),
    });
    fc.assert(
      fc.property(jsonText(body), fc.string({ unit: "binary", maxLength: 5 }), (source, marker) => {
        const value = JSON.parse(source) as JsonObject;
        const places = requestPlaces("chat", value).filter(({ isKey }) => isKey !== true);
        const edits = places.map((place) => ({ place, start: 0, end: Math.ceil(place.text.length / 2), text: marker }));
        const edited: unknown = JSON.parse(applyEdits(source, editsOf(source, edits)));
        for (const { path, text } of places)
          expect(valueAt(edited, path)).toBe(marker + text.slice(Math.ceil(text.length / 2)));
        const left = requestPlaces("chat", edited as JsonObject).filter(({ isKey }) => isKey !== true);
        expect(left.length).toBeLessThanOrEqual(places.length);
      }),
      { numRuns: 300 },
    );
  });

  test("writes names of members anew, and the values behind them", () => {
    const source = '{"metadata": { "a@b" : "c@d", "plain":"e@f" }, "x":{"y \\u0040 z":{"@":"@", "k k":1}}}';
    const edited = redacted(source, /@/g, "#");
    expect(edited).toBe('{"metadata": { "a#b" : "c#d", "plain":"e#f" }, "x":{"y # z":{"#":"#", "k k":1}}}');
  });

  test("writes files in base64 anew, and the rest of them stays", () => {
    const file = (text: string) => `data:text/csv;charset=utf-8;base64,${Buffer.from(text).toString("base64")}`;
    const body = (text: string) =>
      JSON.stringify({ messages: [{ role: "user", content: [{ type: "file", file: { file_data: file(text) } }] }] });
    expect(redacted(body("name,mail\nZoë,a@b\n"), /\w@\w/g, "[M]")).toBe(body("name,mail\nZoë,[M]\n"));
    expect(redacted(body("nothing"), /@/g, "#")).toBe(body("nothing"));
  });

  test("finds every name in any body, wherever it stands", () => {
    fc.assert(
      fc.property(jsonText(fc.record({ x: jsonObject })), (source) => {
        const value = JSON.parse(source) as JsonObject;
        const names = requestPlaces("chat", value).filter(({ isKey }) => isKey === true);
        const edits = names.map((place, at) => ({ place, start: 0, end: place.text.length, text: `name ${at}` }));
        const after: unknown = JSON.parse(applyEdits(source, editsOf(source, edits)));
        const found = requestPlaces("chat", after as JsonObject).filter(({ isKey }) => isKey === true);
        expect(new Set(found.map(({ text }) => text))).toEqual(new Set(edits.map(({ text }) => text)));
      }),
    );
  });

  test("writes only the literals it changes", () => {
    const source =
      '{ "messages" : [ {"role":"user","content":"a \\u0040 b"} , {"role":"user","content":"caf\\u00e9 \\/"} ],\n "seed":12345678901234567890, "x":1.0 }';
    expect(redacted(source, /@/g, "#")).toBe(source.replace("\\u0040", "#"));
    expect(redacted(source, /nothing/g, "#")).toBe(source);
  });

  test("keeps lone surrogates beside an edit as they are", () => {
    const source = '{"messages":[{"role":"user","content":"\\ud83d secret \\udc00 😀"}]}';
    const edited = redacted(source, /secret/g, "#");
    expect(JSON.parse(edited)).toEqual({ messages: [{ role: "user", content: "\ud83d # \udc00 😀" }] });
    expect(new TextDecoder().decode(new TextEncoder().encode(edited))).toBe(edited);
  });

  test("leads through keys that need escaping, and through members named alike", () => {
    const source =
      '{"messages":[{"m":{"a.b":{"\\u0022":["x",{"secret":"a secret"}]},"a":{"b":"no"}},"content":"secret"}]}';
    expect(redacted(source, /secret/g, "#")).toBe(
      '{"messages":[{"m":{"a.b":{"\\u0022":["x",{"secret":"a #"}]},"a":{"b":"no"}},"content":"#"}]}',
    );
  });

  test("refuses an edit outside its text and a place of another body", () => {
    const source = '{"messages":[{"content":"abc"}]}';
    const [place] = requestPlaces("chat", JSON.parse(source) as JsonObject);
    const edit = (start: number, end: number) => () => editsOf(source, [{ place: place!, start, end, text: "" }]);
    expect(edit(0, 4)).toThrow(RangeError);
    expect(edit(-1, 1)).toThrow(RangeError);
    expect(edit(2, 1)).toThrow(RangeError);
    expect(edit(Number.NaN, 1)).toThrow(RangeError);
    expect(() => editsOf('{"messages":[]}', [{ place: place!, start: 0, end: 1, text: "" }])).toThrow("another one");
  });
});

describe("edits in arguments", () => {
  test.each([
    ['{"mail":"write to a@b.eu"}', '{"mail":"write to [MAIL]"}'],
    ['{"mail":"a\\u0040b.eu", "n": 1.50}', '{"mail":"[MAIL]", "n": 1.50}'],
    ['[ "a@b.eu" ,"x","a@b.eu"]', '[ "[MAIL]" ,"x","[MAIL]"]'],
    ['{"a@b.eu":{"x":"q\\"a@b.eu\\""}}', '{"[MAIL]":{"x":"q\\"[MAIL]\\""}}'],
    ["mail a@b.eu {", "mail [MAIL] {"],
  ])("%s become %s", (before, after) => {
    expect(argumentsOf(redacted(withArguments(before), /[a-z]+@[a-z.]+/g, "[MAIL]"))).toBe(after);
  });

  test("stay JSON where a number, or a part of one, is replaced", () => {
    expect(argumentsOf(redacted(withArguments('{"card": 4111111111111111, "n":1e20}'), /\d{16,}/g, "[CARD]"))).toBe(
      '{"card": "[CARD]", "n":"[CARD]"}',
    );
    expect(argumentsOf(redacted(withArguments('{"phone":491701234567}'), /\d{4}$/g, "****"))).toBe(
      '{"phone":"49170123****"}',
    );
  });

  test("stay JSON where the replacement needs escaping through both layers", () => {
    const args = '{"a":"x secret y\\\\","b":"line\\nsecret"}';
    const edited = argumentsOf(redacted(withArguments(args), /secret/g, 'q"\\\n'));
    expect(JSON.parse(edited)).toEqual({ a: 'x q"\\\n y\\', b: 'line\nq"\\\n' });
  });

  test("take a whole escape along where an edit of the text cuts one", () => {
    const source = withArguments('{"a":"x\\u00e9y"}');
    const raw = requestPlaces("chat", JSON.parse(source) as JsonObject).find(({ text }) => text.startsWith("{"))!;
    const at = raw.text.indexOf("u00e9");
    const edited = applyEdits(source, editsOf(source, [{ place: raw, start: at + 1, end: at + 2, text: "#" }]));
    expect(argumentsOf(edited)).toBe('{"a":"x#y"}');
  });

  test("may rewrite the structure, literally", () => {
    const source = withArguments('{"a":1,"b":2}');
    const raw = requestPlaces("chat", JSON.parse(source) as JsonObject).find(({ text }) => text.startsWith("{"))!;
    const edited = applyEdits(source, editsOf(source, [{ place: raw, start: 0, end: raw.text.length, text: "{}" }]));
    expect(argumentsOf(edited)).toBe("{}");
  });

  test("say the same for arguments that are an object", () => {
    const source =
      '{"messages":[{"tool_calls":[{"function":{"arguments":{"mail":"a@b.eu","card":4111111111111111}}}]}]}';
    expect(redacted(source, /[a-z]+@[a-z.]+|\d{16}/g, "#")).toBe(
      '{"messages":[{"tool_calls":[{"function":{"arguments":{"mail":"#","card":"#"}}}]}]}',
    );
  });

  test("leave no match anywhere and valid JSON, whatever the arguments", () => {
    const args = fc
      .tuple(jsonObject, fc.constantFrom("secret", 'a"secret\\', "secretsecret", "\u00e9secret\n"))
      .map(([value, text]) => ({ ...value, s: [text, { t: text }] }));
    fc.assert(
      fc.property(jsonText(args), (text) => {
        const edited = argumentsOf(redacted(withArguments(text), /secret/g, "#"));
        expect(edited).not.toContain("secret");
        const replaced = JSON.parse(JSON.stringify(JSON.parse(text)).replaceAll("secret", "#")) as unknown;
        expect(JSON.parse(edited)).toEqual(replaced);
      }),
      { numRuns: 300 },
    );
  });
});

describe("applyTextEdits", () => {
  test("makes one of edits that overlap, over both ranges", () => {
    const edits = [
      { start: 4, end: 8, text: "B" },
      { start: 2, end: 5, text: "A" },
      { start: 2, end: 5, text: "A" },
      { start: 9, end: 9, text: "!" },
    ];
    expect(applyTextEdits("0123456789", edits)).toBe("01A8!9");
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { applyEdits } from "../../../src/lib/edits/edits.ts";
import { MemberEditor } from "../../../src/lib/edits/members.ts";
import { jsonObject, jsonText, jsonValue } from "../json-arbitrary.ts";

type Step =
  | { readonly do: "set"; readonly key: string; readonly value: unknown }
  | { readonly do: "remove"; readonly key: string }
  | { readonly do: "rename"; readonly key: string; readonly to: string };

/** What the steps mean, on the parsed object. */
function model(value: Readonly<Record<string, unknown>>, steps: readonly Step[]): ReadonlyMap<string, unknown> {
  let entries = new Map(Object.entries(value));
  for (const step of steps) {
    // as text: -0 is written 0
    if (step.do === "set") entries.set(step.key, JSON.parse(JSON.stringify(step.value)));
    else if (step.do === "remove") entries.delete(step.key);
    else if (entries.has(step.key) && step.key !== step.to) {
      entries.delete(step.to);
      entries = new Map(Array.from(entries, ([key, member]) => [key === step.key ? step.to : key, member]));
    }
  }
  return entries;
}

describe("MemberEditor", () => {
  test("says in edits what the steps do to the parsed object, for any object and any steps", () => {
    const key = fc.constantFrom("a", "b", "ab", "", "é", 'q"uote', "new\nline", "{", ",");
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({ do: fc.constant("set" as const), key, value: jsonValue }),
      fc.record({ do: fc.constant("remove" as const), key }),
      fc.record({ do: fc.constant("rename" as const), key, to: key }),
    );
    fc.assert(
      fc.property(jsonText(jsonObject), fc.array(step, { maxLength: 6 }), (source, steps) => {
        const editor = new MemberEditor(source);
        for (const each of steps) {
          if (each.do === "set") editor.set(each.key, JSON.stringify(each.value));
          else if (each.do === "remove") editor.remove(each.key);
          else editor.rename(each.key, each.to);
        }
        const edited = JSON.parse(applyEdits(source, editor.edits())) as Record<string, unknown>;
        const expected = model(JSON.parse(source) as Record<string, unknown>, steps);
        expect(new Map(Object.entries(edited))).toEqual(new Map(expected));
      }),
      { numRuns: 1000 },
    );
  });

  const edited = (source: string, work: (editor: MemberEditor) => void): string => {
    const editor = new MemberEditor(source);
    work(editor);
    return applyEdits(source, editor.edits());
  };

  test("changes nothing else of the text", () => {
    const source = '{ "model" : "a",\n  "n" : 1.50,  "big":12345678901234567890 }';
    expect(edited(source, (editor) => editor.set("model", '"b"'))).toBe(source.replace('"a"', '"b"'));
    expect(edited(source, (editor) => editor.remove("n"))).toBe('{ "model" : "a",  "big":12345678901234567890 }');
    expect(edited(source, (editor) => editor.rename("n", "m"))).toBe(source.replace('"n"', '"m"'));
  });

  test("gives no edit where the value is the same already", () => {
    const editor = new MemberEditor('{"a":1}');
    editor.set("a", "1");
    editor.rename("a", "a");
    editor.remove("b");
    expect(editor.edits()).toEqual([]);
  });

  test("takes commas along, whichever members go", () => {
    const source = '{"a":1,"b":2,"c":3}';
    const without = (...keys: string[]) =>
      edited(source, (editor) => {
        for (const key of keys) editor.remove(key);
      });
    expect(without("a")).toBe('{"b":2,"c":3}');
    expect(without("b")).toBe('{"a":1,"c":3}');
    expect(without("c")).toBe('{"a":1,"b":2}');
    expect(without("a", "b")).toBe('{"c":3}');
    expect(without("b", "c")).toBe('{"a":1}');
    expect(without("a", "b", "c")).toBe("{}");
  });

  test("works on the object at an offset", () => {
    const source = '[{"a":1},{"b":2}]';
    const editor = new MemberEditor(source, 9);
    editor.set("b", "3");
    editor.set("c", "4");
    expect(applyEdits(source, editor.edits())).toBe('[{"a":1},{"b":3,"c":4}]');
  });
});

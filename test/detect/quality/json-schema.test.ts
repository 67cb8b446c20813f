import { describe, expect, test } from "bun:test";
import { matchesSchema, schemaFault } from "../../../src/detect/quality/json-schema.ts";

describe("matchesSchema", () => {
  test.each([
    [{ type: ["string", "null"] }, null, true],
    [{ type: "integer" }, 1.5, false],
    [{ enum: [{ a: 1 }] }, { a: 1 }, true],
    [{ const: 3 }, 4, false],
    [{ minLength: 2, maxLength: 3 }, "🙂🙂", true],
    [{ pattern: "^a+$" }, "aab", false],
    [{ multipleOf: 0.1 }, 0.3, true],
    [{ exclusiveMinimum: 0 }, 0, false],
    [{ items: { type: "number" }, minItems: 1 }, [1, "2"], false],
    [{ prefixItems: [{ const: 1 }], items: false }, [1], true],
    [{ prefixItems: [{ const: 1 }], items: false }, [1, 2], false],
    [
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      false,
    ],
    [{ contains: { const: 2 } }, [1, 2], true],
    [{ required: ["a"] }, { b: 1 }, false],
    [{ properties: { a: { type: "string" } }, additionalProperties: false }, { a: "x", b: 1 }, false],
    [{ anyOf: [{ type: "string" }, { minimum: 3 }] }, 4, true],
    [{ oneOf: [{ minimum: 3 }, { maximum: 5 }] }, 4, false],
    [{ not: { type: "string" } }, "x", false],
    [true, 1, true],
    [false, 1, false],
  ])("%j and %j: %p", (schema, value, valid) => {
    expect(schemaFault(schema)).toBeNull();
    expect(matchesSchema(value, schema)).toBe(valid);
  });

  test("follows references, also to itself, and ends", () => {
    const tree = {
      $ref: "#/$defs/node",
      $defs: { node: { properties: { next: { $ref: "#/$defs/node" }, n: { type: "number" } } } },
    };
    expect(matchesSchema({ next: { next: { n: 1 } } }, tree)).toBe(true);
    expect(matchesSchema({ next: { next: { n: "1" } } }, tree)).toBe(false);
    const endless = { $ref: "#" };
    expect(matchesSchema(1, endless)).toBe(false);
    expect(matchesSchema(1, { anyOf: [{ $ref: "#" }, { $ref: "#" }, { $ref: "#" }] })).toBe(false);
  });
});

test("schemaFault names what cannot be checked", () => {
  expect(schemaFault({ properties: { mail: { format: "email" } } })).toContain("format");
  expect(schemaFault({ type: "objekt" })).toContain("objekt");
  expect(schemaFault({ pattern: "(?=a)" })).toContain("cannot be run");
  expect(schemaFault({ $ref: "https://other.example/x" })).toContain("$defs");
  expect(schemaFault({ minimum: "3" })).toContain("number");
  expect(schemaFault({ required: "a" })).toContain("list");
  expect(schemaFault("x")).toContain("object");
  expect(schemaFault({ title: "t", description: "d", default: 1 })).toBeNull();
});

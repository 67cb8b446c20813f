import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { documentSchema, type JsonSchema } from "../../src/config/json-schema.ts";
import { MOVED_KEYS, TARGET_MOVED_KEYS } from "../../src/config/layers/aliases.ts";
import { TEMPLATES } from "../../src/config/templates.ts";
import { LOADER_KEYWORDS } from "../../src/schema/config/values.ts";
import { readCases } from "./case.ts";

const schema = documentSchema();
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As much of draft 7 as the schema uses; an unknown keyword throws, so that none is passed over. */
const KEYWORDS: Readonly<Record<string, (wanted: never, value: unknown, whole: JsonSchema) => boolean>> = {
  type: (wanted: string | string[], value) => [wanted].flat().some((type) => hasType(type, value)),
  const: (wanted: unknown, value) => wanted === value,
  anyOf: (wanted: JsonSchema[], value) => wanted.some((branch) => valid(branch, value)),
  properties: (wanted: Record<string, JsonSchema>, value) =>
    !isMap(value) ||
    Object.entries(value).every(([key, each]) => !Object.hasOwn(wanted, key) || valid(wanted[key]!, each)),
  patternProperties: (wanted: Record<string, JsonSchema>, value) =>
    !isMap(value) ||
    Object.entries(value).every(([key, each]) =>
      Object.entries(wanted).every(([pattern, inner]) => !new RegExp(pattern, "u").test(key) || valid(inner, each)),
    ),
  additionalProperties: (wanted: boolean, value, whole) =>
    wanted ||
    !isMap(value) ||
    Object.keys(value).every(
      (key) =>
        Object.hasOwn(whole.properties ?? {}, key) ||
        Object.keys(whole.patternProperties ?? {}).some((pattern) => new RegExp(pattern, "u").test(key)),
    ),
  required: (wanted: string[], value) => !isMap(value) || wanted.every((key) => Object.hasOwn(value, key)),
  items: (wanted: JsonSchema, value) => !Array.isArray(value) || value.every((item) => valid(wanted, item)),
  minItems: (wanted: number, value) => !Array.isArray(value) || value.length >= wanted,
  maxItems: (wanted: number, value) => !Array.isArray(value) || value.length <= wanted,
  minProperties: (wanted: number, value) => !isMap(value) || Object.keys(value).length >= wanted,
  maxProperties: (wanted: number, value) => !isMap(value) || Object.keys(value).length <= wanted,
  minLength: (wanted: number, value) => typeof value !== "string" || value.length >= wanted,
  maxLength: (wanted: number, value) => typeof value !== "string" || value.length <= wanted,
  pattern: (wanted: string, value) => typeof value !== "string" || new RegExp(wanted, "u").test(value),
  minimum: (wanted: number, value) => typeof value !== "number" || value >= wanted,
  maximum: (wanted: number, value) => typeof value !== "number" || value <= wanted,
  exclusiveMinimum: (wanted: number, value) => typeof value !== "number" || value > wanted,
  exclusiveMaximum: (wanted: number, value) => typeof value !== "number" || value < wanted,
};
const ANNOTATIONS = new Set(["description", "default", "title", "$schema"]);

function hasType(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isMap(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

function valid(against: JsonSchema, value: unknown): boolean {
  return Object.entries(against).every(([keyword, wanted]) => {
    if (ANNOTATIONS.has(keyword)) return true;
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`the schema uses the keyword ${keyword}, which this test does not know`);
    return check(wanted as never, value, against);
  });
}

describe("documentSchema", () => {
  test("accepts every single file that loads", () => {
    const good = readCases().filter(({ files, env, flags, expected }) => {
      return files.size === 1 && Object.keys({ ...env, ...flags }).length === 0 && expected.errors.length === 0;
    });
    expect(good.length).toBeGreaterThan(30);
    const refused = good.filter(
      ({ files }) => !valid(schema, parse([...files.values()][0]!, { uniqueKeys: false, merge: true })),
    );
    expect(refused.map(({ title }) => title)).toEqual([]);
  });

  test("accepts every template, null for what may be left out, and references", () => {
    for (const { text } of Object.values(TEMPLATES)) expect(valid(schema, parse(text))).toBe(true);
    const document = parse(TEMPLATES["mistral"]!.text) as Record<string, Record<string, unknown>>;
    expect(valid(schema, { ...document, server: null, store: { on_error: null } })).toBe(true);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an environment reference
    expect(valid(schema, { ...document, server: { max_concurrency: "${MAX}", listen: "${LISTEN}" } })).toBe(true);
    expect(valid(schema, { ...document, server: { max_concurrency: "many" } })).toBe(false);
    expect(valid(schema, { ...document, pack: null })).toBe(false);
  });

  test("takes one place of a secret, and null for the others: a layer puts one in the place of another", () => {
    const document = parse(TEMPLATES["mistral"]!.text) as Record<string, unknown>;
    const takes = (key_ref: unknown): boolean => valid(schema, { ...document, receipts: { key_ref } });
    for (const right of [{ env: "A" }, { file: "/a" }, { env: null, file: "/a" }, null]) {
      expect([right, takes(right)]).toEqual([right, true]);
    }
    for (const wrong of [{}, { env: "A", file: "/a" }, { env: null }, { env: "A", x: null }, { env: "sk-live" }, "A"]) {
      expect([wrong, takes(wrong)]).toEqual([wrong, false]);
    }
  });

  test("refuses unknown keys, kinds and words of a single file", () => {
    const plain = readCases().filter(({ title, files, env, flags }) => {
      return /^e00[12]/.test(title) && files.size === 1 && Object.keys({ ...env, ...flags }).length === 0;
    });
    expect(plain.length).toBeGreaterThan(8);
    const accepted = plain.filter(({ files }) => valid(schema, parse([...files.values()][0]!)));
    expect(accepted.map(({ title }) => title)).toEqual([]);
  });

  test("knows every alias", () => {
    const at = (root: JsonSchema, path: readonly string[]) =>
      path.reduce<JsonSchema | undefined>((inner, key) => inner?.properties?.[key], root);
    const target = at(schema, ["providers", "targets"])?.items ?? {};
    expect(MOVED_KEYS.filter(({ from }) => at(schema, from) === undefined)).toEqual([]);
    expect(TARGET_MOVED_KEYS.filter(({ from }) => at(target, from) === undefined)).toEqual([]);
  });

  test("holds nothing that only the loader reads", () => {
    const found: string[] = [];
    const visit = (value: unknown, inProperties: boolean): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        if (!inProperties && (LOADER_KEYWORDS as readonly string[]).includes(key)) found.push(key);
        visit(inner, key === "properties" && !inProperties);
      }
    };
    visit(schema, false);
    expect(found).toEqual([]);
  });
});

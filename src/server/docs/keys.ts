import { Kind, type TSchema } from "@sinclair/typebox";
import { describe } from "../../config/describe.ts";
import { code, prose, type Row, table } from "./html.ts";

/** One key of a map, as the reference shows it. */
interface KeyFacts {
  /** `providers.targets[].id`; `<name>` stands for a key of one's own. */
  readonly path: string;
  readonly type: string;
  /** In words or as it would be written; null: it is required. */
  readonly fallback: string | null;
  readonly meaning: string;
}

type Loose = TSchema & {
  readonly properties?: Readonly<Record<string, Loose>>;
  readonly patternProperties?: Readonly<Record<string, Loose>>;
  readonly items?: Loose;
  readonly anyOf?: readonly Loose[];
  readonly required?: readonly string[];
};

/** Every key below a schema, in the order in which they are declared, each path once. */
export function keysOf(schema: TSchema, path: string): readonly KeyFacts[] {
  const found = new Map<string, KeyFacts>();
  collect(schema as Loose, path, found);
  return [...found.values()];
}

function collect(schema: Loose, path: string, found: Map<string, KeyFacts>): void {
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    const own = path === "" ? key : `${path}.${key}`;
    const isRequired = schema.required?.includes(key) === true;
    if (!found.has(own)) found.set(own, factsOf(inner, own, isRequired));
    collect(inner, own, found);
  }
  for (const inner of Object.values(schema.patternProperties ?? {})) collect(inner, `${path}.<name>`, found);
  if (schema.items !== undefined) collect(schema.items, `${path}[]`, found);
  for (const branch of schema.anyOf ?? []) collect(branch, path, found);
}

function factsOf(schema: Loose, path: string, isRequired: boolean): KeyFacts {
  return { path, type: describe(schema), fallback: fallbackOf(schema, isRequired), meaning: schema.description ?? "" };
}

/** Empty: without it there is none. */
function fallbackOf(schema: Loose, isRequired: boolean): string | null {
  const { default: value } = schema;
  if (typeof schema["derived"] === "string") return schema["derived"];
  if (value === undefined) return isRequired ? null : "";
  const isMap = schema[Kind] === "Object" || schema[Kind] === "Record";
  return isMap && Object.keys(value as object).length === 0 ? "" : code(JSON.stringify(value));
}

/** The keys below a schema as a table with an anchor for each; `of` tells anchors of the same keys apart. */
export function keyTable(schema: TSchema, path: string, of = ""): string {
  const rows = keysOf(schema, path).map(({ path: key, type, fallback, meaning }): Row => {
    const otherwise =
      fallback === null ? "<strong>required</strong>" : fallback.startsWith("<") ? fallback : prose(fallback);
    return { id: `${of}${key}`, cells: [code(key), prose(type), otherwise || "–", prose(meaning)] };
  });
  return table(["key", "value", "default", "meaning"], rows);
}

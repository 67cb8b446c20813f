import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isObject, type JsonObject } from "../../src/lib/json/json.ts";

/** Looks a schema of a vendor's OpenAPI file up by its name. */
export type Lookup = (name: string) => unknown;

function vendorFile(vendor: string): { readonly isHere: boolean; readonly look: Lookup } {
  const file = resolve(import.meta.dir, `../../../shared/data/wire/openapi/${vendor}.inference.openapi.json`);
  let schemas: JsonObject | undefined;
  return {
    isHere: existsSync(file),
    look(name) {
      schemas ??= (JSON.parse(readFileSync(file, "utf8")) as { components: { schemas: JsonObject } }).components
        .schemas;
      return schemas[name];
    },
  };
}

/** Mistral's OpenAPI file, beside the repository; a bare clone has none. */
export const MISTRAL_FILE = vendorFile("mistral");
/** OpenAI's. */
export const OPENAI_FILE = vendorFile("openai");

/** A schema with what it refers to, and with the parts of an `allOf` in one. */
export function flat(given: unknown, look: Lookup): JsonObject {
  if (!isObject(given)) return {};
  if (typeof given["$ref"] === "string") return flat(look(given["$ref"].split("/").at(-1)!), look);
  if (!Array.isArray(given["allOf"])) return given;
  const parts = given["allOf"].map((part) => flat(part, look));
  const properties = Object.assign({}, ...[...parts, given].map((part) => part["properties"] ?? {})) as JsonObject;
  const required = [...parts, given].flatMap((part) => (part["required"] ?? []) as string[]);
  const { allOf: _, ...own } = given;
  return { ...Object.assign({}, ...parts), ...own, properties, required } as JsonObject;
}

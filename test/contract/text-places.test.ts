import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ENDPOINTS, type Endpoint } from "../../src/lib/context.ts";
import { isObject, type JsonObject } from "../../src/lib/json/json.ts";
import type { PlaceRule, PlaceTable } from "../../src/schema/place-rule.ts";
import { ANSWER_PLACES, CHUNK_PLACES, REQUEST_PLACES } from "../../src/schema/text-places.ts";
import { Vetted } from "../../src/schema/vetted.ts";

const WIRE = join(import.meta.dir, "../../../shared/data/wire");

type Direction = "request" | "answer" | "chunk";

const TABLES: Readonly<Record<Direction, Readonly<Record<Endpoint, PlaceTable | null>>>> = {
  request: REQUEST_PLACES,
  answer: ANSWER_PLACES,
  chunk: CHUNK_PLACES,
};

/** Endpoints whose answers hold no text: vectors, or verdicts and scores. */
const TEXTLESS: readonly Endpoint[] = ["embeddings", "moderations"];

/** Our endpoints as the vendors' files name them. */
const PATHS: Readonly<Record<string, Endpoint>> = {
  "/chat/completions": "chat",
  "/completions": "completions",
  "/embeddings": "embeddings",
  "/moderations": "moderations",
  "/v1/chat/completions": "chat",
  "/v1/fim/completions": "fim",
  "/v1/embeddings": "embeddings",
  "/v1/moderations": "moderations",
};

/** A place where a schema allows a string: `messages[].content`. `anything` where it allows any value at all. */
interface Field {
  readonly vendor: string;
  readonly endpoint: Endpoint;
  readonly direction: Direction;
  readonly place: string;
  readonly anything: boolean;
}

function read(file: string): JsonObject {
  return JSON.parse(readFileSync(join(WIRE, file), "utf8")) as JsonObject;
}

/** Every place below a schema that may hold a string; enumerations too, since no upstream is bound to refuse others. */
class SchemaWalk {
  readonly places = new Map<string, boolean>();
  readonly #document: JsonObject;

  constructor(document: JsonObject) {
    this.#document = document;
  }

  walk(schema: unknown, place: string, within: readonly string[] = []): void {
    if (!isObject(schema)) {
      if (schema === true) this.places.set(place, true);
      return;
    }
    const reference = schema["$ref"];
    if (typeof reference === "string") {
      if (within.includes(reference))
        throw new Error(`${reference} holds itself at ${place}: the walk must learn recursion`);
      this.walk(this.#resolve(reference), place, [...within, reference]);
      return;
    }
    for (const union of ["anyOf", "oneOf", "allOf"]) {
      for (const option of (schema[union] ?? []) as readonly unknown[]) this.walk(option, place, within);
    }
    this.#leaf(schema, place);
    for (const [key, property] of Object.entries((schema["properties"] ?? {}) as JsonObject)) {
      this.walk(property, place === "" ? key : `${place}.${key}`, within);
    }
    if ("items" in schema) this.walk(schema["items"], `${place}[]`, within);
    const others = schema["additionalProperties"];
    if (isObject(others) && Object.keys(others).length > 0) this.walk(others, `${place}.*`, within);
    else if (others === true || isObject(others)) this.places.set(`${place}.*`, true);
  }

  #leaf(schema: JsonObject, place: string): void {
    const types = [schema["type"]].flat();
    const composed = ["anyOf", "oneOf", "allOf", "properties", "items", "additionalProperties"].some(
      (key) => key in schema,
    );
    const said = [schema["const"], ...((schema["enum"] ?? []) as readonly unknown[])];
    if (types.includes("string") || said.some((value) => typeof value === "string")) {
      this.places.set(place, this.places.get(place) ?? false);
    } else if (types.includes("object") ? !composed : schema["type"] === undefined && !composed && said.length === 1) {
      this.places.set(place, true);
    }
  }

  #resolve(reference: string): unknown {
    return reference
      .slice(2)
      .split("/")
      .reduce<unknown>((at, step) => (at as JsonObject)[step], this.#document);
  }
}

function fieldsOf(vendor: string): readonly Field[] {
  const document = read(`openapi/${vendor}.inference.openapi.json`);
  const fields: Field[] = [];
  const add = (endpoint: Endpoint, direction: Direction, schema: unknown) => {
    const walk = new SchemaWalk(document);
    walk.walk(schema, "");
    for (const [raw, anything] of walk.places) {
      // Mistral's file wraps every event of a stream as { data: chunk }
      const place = direction === "chunk" ? raw.replace(/^data\./, "") : raw;
      fields.push({ vendor, endpoint, direction, place, anything });
    }
  };
  for (const [path, item] of Object.entries(document["paths"] as JsonObject)) {
    const endpoint = PATHS[path];
    if (endpoint === undefined) continue;
    const { requestBody, responses } = (item as { post: { requestBody: JsonObject; responses: JsonObject } }).post;
    add(endpoint, "request", schemaOf(requestBody, "application/json"));
    add(endpoint, "answer", schemaOf(responses["200"], "application/json"));
    const chunk = schemaOf(responses["200"], "text/event-stream");
    if (chunk !== undefined) add(endpoint, "chunk", chunk);
  }
  return fields;
}

function schemaOf(holder: unknown, type: string): unknown {
  return (holder as { content: Record<string, { schema: unknown } | undefined> }).content[type]?.schema;
}

/** The rule for a place: its own, or that of a `.**` above it; null where no rule says anything. */
function ruleFor(table: PlaceTable, { place, anything }: Field): PlaceRule | null {
  const own = table[place];
  if (own !== undefined && !anything) return own;
  for (let above = place; above !== ""; above = above.replace(/(?:\.[^.[]+|\[\]|^[^.[]+)$/, "")) {
    const deep = table[`${above}.**`];
    if (deep !== undefined) return deep;
  }
  return null;
}

const hasVendors = existsSync(WIRE);
const FIELDS = hasVendors ? [...fieldsOf("openai"), ...fieldsOf("mistral")] : [];

describe.skipIf(!hasVendors)("the vendors' schemas (skipped only where ../shared/data/wire is missing)", () => {
  test("were read whole: every endpoint and direction has fields", () => {
    const seen = new Set(FIELDS.map(({ vendor, endpoint, direction }) => `${vendor} ${endpoint} ${direction}`));
    expect([...seen].sort()).toEqual([
      "mistral chat answer",
      "mistral chat chunk",
      "mistral chat request",
      "mistral embeddings answer",
      "mistral embeddings request",
      "mistral fim answer",
      "mistral fim chunk",
      "mistral fim request",
      "mistral moderations answer",
      "mistral moderations request",
      "openai chat answer",
      "openai chat chunk",
      "openai chat request",
      "openai completions answer",
      "openai completions request",
      "openai embeddings answer",
      "openai embeddings request",
      "openai moderations answer",
      "openai moderations request",
    ]);
    expect(FIELDS.length).toBeGreaterThan(300);
  });

  test("hold no string that is neither read nor named as no text", () => {
    const forgotten = FIELDS.filter((field) => {
      const table = TABLES[field.direction][field.endpoint];
      return table === null ? !TEXTLESS.includes(field.endpoint) : ruleFor(table, field) === null;
    });
    expect(
      forgotten.map(({ vendor, endpoint, direction, place }) => `${vendor} ${endpoint} ${direction}: ${place}`),
    ).toEqual([]);
  });

  test("give every string that is no text a reason", () => {
    for (const rule of allRules().map(([, , rule]) => rule)) {
      if (rule.is === "word" || rule.is === "bytes" || rule.is === "data") expect(rule.why.length).toBeGreaterThan(8);
    }
    expect(ENDPOINTS.filter((endpoint) => ANSWER_PLACES[endpoint] === null)).toEqual([...TEXTLESS]);
  });
});

describe("the table of text places", () => {
  test.skipIf(!hasVendors)("names no place that exists in no vendor's file and no recorded traffic", () => {
    const known = new Map<Direction, Set<string>>([
      ["request", new Set()],
      ["answer", new Set()],
      ["chunk", new Set()],
    ]);
    for (const { direction, place } of FIELDS) known.get(direction)!.add(place);
    for (const { direction, place } of recordedFields()) known.get(direction)!.add(place);
    const gone = allRules().filter(([direction, place]) => !isKnown(known.get(direction)!, place));
    expect(gone.map(([direction, place]) => `${direction}: ${place}`)).toEqual([]);
  });

  test("would notice: a place nobody has is not known", () => {
    expect(isKnown(new Set(["messages[].content"]), "messages[].contents")).toBe(false);
    expect(isKnown(new Set(["metadata.*"]), "metadata.**")).toBe(true);
    expect(ruleFor({ a: { is: "url" } }, { ...FIELDS[0]!, place: "a.b", anything: false })).toBeNull();
  });
});

function allRules(): readonly (readonly [Direction, string, PlaceRule])[] {
  return (Object.keys(TABLES) as Direction[]).flatMap((direction) =>
    ENDPOINTS.flatMap((endpoint) =>
      Object.entries(TABLES[direction][endpoint] ?? {}).map(([place, rule]) => [direction, place, rule] as const),
    ),
  );
}

function isKnown(known: ReadonlySet<string>, place: string): boolean {
  if (place === "vetted.**") return Vetted.additionalProperties === false;
  if (!place.endsWith(".**")) return known.has(place);
  const root = place.slice(0, -".**".length);
  return [...known].some((other) => other.startsWith(`${root}.`) || other.startsWith(`${root}[`));
}

/** Places of strings in the recorded traffic of our endpoints. */
function recordedFields(): readonly { readonly direction: Direction; readonly place: string }[] {
  const found = new Set<string>();
  for (const line of readFileSync(join(WIRE, "replay.dev.jsonl"), "utf8").split("\n")) {
    if (!/"endpoint":\s*"[^"]*(?:completions|embeddings|moderations)"/.test(line)) continue;
    const { request, response } = JSON.parse(line) as { request: JsonObject; response: JsonObject };
    stringsIn(request["body"], "", (place) => found.add(`request ${place}`));
    const body = response["body"];
    if (response["status"] === 200) {
      stringsIn(typeof body === "string" ? tryParse(body) : body, "", (place) => found.add(`answer ${place}`));
    }
    for (const event of String(response["sse_text"] ?? "").split("\n")) {
      if (event.startsWith("data: {")) stringsIn(tryParse(event.slice(6)), "", (place) => found.add(`chunk ${place}`));
    }
  }
  return [...found].map((entry) => {
    const [direction, place] = entry.split(" ", 2);
    return { direction: direction as Direction, place: place! };
  });
}

function stringsIn(value: unknown, place: string, note: (place: string) => void): void {
  if (typeof value === "string") note(place);
  else if (Array.isArray(value)) for (const child of value) stringsIn(child, `${place}[]`, note);
  else if (isObject(value)) {
    for (const [key, child] of Object.entries(value)) stringsIn(child, place === "" ? key : `${place}.${key}`, note);
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

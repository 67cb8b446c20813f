import fc from "fast-check";

/** Keys that collide, escape and hurt: short ones, so that objects often hold some of the same. */
const key = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "ab",
    "",
    "é",
    "日",
    "with space",
    'q"uote',
    "back\\slash",
    "new\nline",
    "{",
    "}",
    "[",
    ",",
    ":",
  ),
  fc.string({ maxLength: 6, unit: "binary" }),
);

const text = fc.oneof(fc.string({ unit: "binary", maxLength: 12 }), fc.constantFrom('\\"', "\\\\", '"},{"', "\u2028"));

/** Any JSON value with awkward keys and strings. No two keys of one object are equal but for case. */
export const jsonValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(key, tie("value")), { maxLength: 5, selector: ([name]) => foldKey(name) }).map(fromPairs),
  ),
})).value;

/** An object of that kind. */
export const jsonObject: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc
  .uniqueArray(fc.tuple(key, jsonValue), { maxLength: 6, selector: ([name]) => foldKey(name) })
  .map(fromPairs);

/** JSON text of a value: dense, indented, with blanks of all sorts, or with every character of its strings escaped. */
export const jsonText = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc
    .tuple(value, fc.constantFrom<Layout>("dense", "indented", "blanks", "escaped"))
    .map(([given, layout]) => laidOut(given, layout));

type Layout = "dense" | "indented" | "blanks" | "escaped";

function laidOut(value: unknown, layout: Layout): string {
  if (layout === "indented") return `\n${JSON.stringify(value, null, "\t")} `;
  if (layout === "dense") return JSON.stringify(value);
  if (layout === "blanks") return JSON.stringify(value, null, " \r\n\t".slice(0, 2)).replaceAll("\n", "\r\n");
  return escaped(value);
}

/** Writes every string with `\u` escapes only. */
function escaped(value: unknown): string {
  if (typeof value === "string") {
    const units = Array.from({ length: value.length }, (_, at) => value.charCodeAt(at).toString(16).padStart(4, "0"));
    return `"${units.map((unit) => `\\u${unit}`).join("")}"`;
  }
  if (Array.isArray(value)) return `[${value.map(escaped).join(" , ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, child]) => `${escaped(name)} : ${escaped(child)}`)
    .join(",")}}`;
}

function fromPairs(pairs: readonly (readonly [string, unknown])[]): Readonly<Record<string, unknown>> {
  // JSON.parse makes own members of everything, `__proto__` too
  const made: Record<string, unknown> = {};
  for (const [name, value] of pairs) {
    Object.defineProperty(made, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return made;
}

function foldKey(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/** Every leaf and container of a value with the way to it. */
export function everyPath(
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((child, index) => everyPath(child, [...path, index]))];
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, child]) => everyPath(child, [...path, name]))];
}

/** The value at the end of a way. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], value);
}

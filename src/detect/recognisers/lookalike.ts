import type { Recogniser } from "./recogniser.ts";

const HEX = "[\\da-fA-F]";

/**
 * Things whose parts look like something else: UUIDs, fingerprints, versions of five parts or with a suffix, numbers of
 * books, rows of pairs that go up, times of day with a date, blocks of network addresses (RFC 4632). What is found here
 * is passed on, and nothing is looked for within it.
 */
export const lookalike = {
  name: "lookalike",
  entity: "LOOKALIKE",
  group: "network",
  patterns: [
    `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`,
    `${HEX}{2}(?::${HEX}{2}){6,31}`,
    "v?\\d{1,5}(?:\\.\\d{1,6}){4,9}",
    "v?\\d{1,5}(?:\\.\\d{1,6}){2,4}-(?:rc|alpha|beta|dev|pre|snapshot|SNAPSHOT|p|r|next|canary|nightly)[.\\-]?\\d{0,12}",
    "97[89][ \\-]\\d{1,5}[ \\-]\\d{1,7}[ \\-]\\d{1,7}[ \\-]\\d",
    "\\d{2}(?: \\d{2}){5,11}",
    "\\d{1,3}(?:\\.\\d{1,3}){3}/\\d{1,2}",
    `${HEX}{1,4}(?::${HEX}{1,4}){0,6}::/\\d{1,3}`,
    "(?:19|20)\\d{2}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?(?:Z|[+\\-]\\d{2}:?\\d{2})?",
  ],
  priority: 90,
  harmless: true,
  valid(text) {
    if (text[2] === " ") return ascends(text);
    return !text.includes("/") || isBlock(text);
  },
} as const satisfies Recogniser;

/** Whether pairs of digits are drawn numbers, steps of a scale: each is more than the one before. */
function ascends(text: string): boolean {
  // rows of pairs are asked about at each of them
  for (let at = 3; at < text.length; at += 3) {
    const step = text.charCodeAt(at) - text.charCodeAt(at - 3);
    if (step < 0 || (step === 0 && text.charCodeAt(at + 1) <= text.charCodeAt(at - 2))) return false;
  }
  return true;
}

/** Whether nothing stands behind the prefix: `10.0.0.0/8` is nobody's address, `10.0.0.7/8` is somebody's. */
function isBlock(text: string): boolean {
  const [address, prefix] = text.split("/") as [string, string];
  if (address.endsWith("::")) return Number(prefix) <= 112;
  const bits = address
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("");
  return Number(prefix) < 31 && bits.length === 32 && !bits.slice(Number(prefix)).includes("1");
}

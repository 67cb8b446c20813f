import { type Static, Type } from "@sinclair/typebox";
import type { ScanRule } from "../../detect/scan/rules.ts";
import { Closed, oneOf } from "../../schema/shapes.ts";

/** How what is taken out is marked. */
export const Redaction = Closed(
  {
    marker_format: oneOf(["label", "asterisk", "partial", "hash"], {
      default: "label",
      description:
        "label: [EMAIL_REDACTED]; asterisk: stars; partial: the last characters stay; hash: a keyed hash, equal for equal values while the process runs",
    }),
    include_metadata: Type.Boolean({
      default: false,
      description: "Labels and hashes tell the length of what they stand for: [EMAIL_REDACTED length=16]",
    }),
    preserve_length: Type.Boolean({
      default: false,
      description: "What stands in place of a text is as long as it was (UTF-16 units)",
    }),
    custom_markers: Type.Record(Type.String({ minLength: 1 }), Type.String({ maxLength: 200 }), {
      default: {},
      description: "Entity → the text that stands in its place, whatever the format",
    }),
  },
  { default: {}, description: "How what is taken out is marked" },
);
export type Redaction = Static<typeof Redaction>;

/** Writes what stands in place of values. */
export interface Markers {
  /** In place of a value. */
  mark(rule: ScanRule, value: string): string;
  /** In place of what a value that is longer than can be held goes on with. */
  rest(rule: ScanRule, value: string): string;
}

const STARS = "********";

/** The markers of some settings. `custom` is by entity, as rules name it. */
export function markersOf(redaction: Redaction, custom: ReadonlyMap<string, string>): Markers {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const { marker_format: format, include_metadata: tells, preserve_length: keeps } = redaction;
  const plain = ({ entity }: ScanRule, value: string): string => {
    const known = custom.get(entity);
    if (known !== undefined) return known;
    const length = tells ? ` length=${value.length}` : "";
    if (format === "asterisk") return keeps ? "*".repeat(value.length) : STARS;
    if (format === "partial") return partial(entity, value);
    if (format === "label") return `[${entity}_REDACTED${length}]`;
    const hash = new Bun.CryptoHasher("sha256", key).update(`${entity}\0${value}`).digest("hex");
    return keeps ? hash.slice(0, value.length) : `[${entity}:${hash.slice(0, 12)}${length}]`;
  };
  return {
    mark: (rule, value) => (keeps ? ofLength(plain(rule, value), value.length) : plain(rule, value)),
    rest: (_rule, value) => (keeps ? "*".repeat(value.length) : ""),
  };
}

/** A marker that does not fit gives way to stars. */
function ofLength(marker: string, length: number): string {
  return marker.length > length ? "*".repeat(length) : marker.padEnd(length, "*");
}

const SHOWN = 4;

/** `j***@example.com`, `**** **** **** 1111`: of what is too short to hide anything, nothing. */
function partial(entity: string, value: string): string {
  const at = value.lastIndexOf("@");
  if (entity === "EMAIL" && at > 0) {
    return (at > 1 ? value.slice(0, 1) : "*") + "*".repeat(at - 1) + value.slice(at);
  }
  const letters = value.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const shown = letters >= 3 * SHOWN ? SHOWN : letters >= 2 * SHOWN ? 2 : 0;
  let left = letters - shown;
  return value.replace(/[\p{L}\p{N}]/gu, (char) => (left-- > 0 ? "*".repeat(char.length) : char));
}

import type { Clock } from "../../lib/clock.ts";
import { applyEdits, type SourceEdit } from "../../lib/edits/edits.ts";
import { editsInSteps } from "../../lib/edits/places.ts";
import { GatewayError } from "../../lib/errors.ts";
import { inOneGo } from "../../lib/in-one-go.ts";
import { type Parsed, reparsed } from "../../lib/json/json.ts";
import { findKeyConflict } from "../../lib/json/keys.ts";
import type { MaybePromise } from "../../lib/maybe-promise.ts";
import { inSlices } from "../../lib/slices.ts";
import type { Edit } from "../../policies/policy.ts";

/** UTF-16 units of a body from which on its texts are gathered and edited in turns: it may hold ten thousands. */
const LONG_UNITS = 65_536;

/** Does work on a body: in turns where the body is long, else at once. */
export function inTurns<T>({ source }: Parsed, work: Iterator<unknown, T>, clock: Clock): MaybePromise<T> {
  return source.length > LONG_UNITS ? inSlices(work, clock) : inOneGo(work);
}

/** Edits that follow from a policy's own: copies of the text that must not survive it. */
export type AlsoEdit = (parsed: Parsed, edits: readonly Edit[]) => readonly SourceEdit[];

/**
 * The body with edits made; the same object where they change nothing. Gives way now and then. Throws `invalid_json` where
 * two members' names became one, and a RangeError for edits of another body.
 */
export function* redacting(parsed: Parsed, edits: readonly Edit[], alsoEdit: AlsoEdit): Generator<undefined, Parsed> {
  const own = yield* editsInSteps(parsed.source, edits);
  if (own.length === 0) return parsed;
  yield undefined;
  const source = applyEdits(parsed.source, [...own, ...alsoEdit(parsed, edits)]);
  yield undefined;
  if (edits.some(({ place }) => place.isKey)) refuseEqualKeys(source);
  yield undefined;
  return reparsed(source);
}

/** Of two members whose names became one, policies to come would read the second, and some upstreams the first. */
function refuseEqualKeys(source: string): void {
  if (findKeyConflict(source) === null) return;
  const message = "Two keys of one object hold what policies replace, and would become the same: send it as values";
  throw new GatewayError("invalid_json", message);
}

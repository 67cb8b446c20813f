import type { Labels } from "./_context.ts";
import { isNamed, isOfOtherCountry, labelled, unlessNamed } from "./_context.ts";
import type { EntityGroup, Recogniser } from "./recogniser.ts";

/** What `labelledNumber` needs to know of a number. */
export interface LabelledNumber<Name extends string> {
  readonly name: Name;
  readonly entity: string;
  readonly group: EntityGroup;
  readonly patterns: readonly string[];
  readonly ignoreCase?: boolean;
  readonly priority?: number;
  readonly labels: Labels;
  /** Its country's adjective where it shares labels with other countries' numbers: `Croatian tax number`. */
  readonly country?: string;
  /** Check digits and ranges. */
  check(text: string): boolean;
}

/**
 * A number whose check digits are too weak to tell it from any other (one in ten or eleven passes): it counts only
 * where one of its names stands in front.
 */
export function labelledNumber<Name extends string>(number: LabelledNumber<Name>): Recogniser<Name> {
  const { labels, check, country, ...rest } = number;
  const isOne = (before: string) =>
    labelled(before, labels) && (country === undefined || !isOfOtherCountry(before, country));
  return {
    priority: 40,
    ...rest,
    needs: isNamed,
    unlessNeeded: unlessNamed,
    canBegin: isOne,
    valid: (text, before) => check(text) && isOne(before),
  };
}

import type { Labels } from "./_context.ts";
import { labelled } from "./_context.ts";
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
  /** Check digits and ranges. */
  check(text: string): boolean;
}

/**
 * A number whose check digits are too weak to tell it from any other (one in ten or eleven passes): it counts only
 * where one of its names stands in front.
 */
export function labelledNumber<Name extends string>(number: LabelledNumber<Name>): Recogniser<Name> {
  const { labels, check, ...rest } = number;
  return {
    priority: 40,
    ...rest,
    canBegin: (before) => labelled(before, labels),
    valid: (text, before) => check(text) && labelled(before, labels),
  };
}

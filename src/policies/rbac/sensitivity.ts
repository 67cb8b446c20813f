import { isObject, type JsonObject } from "../../lib/json/json.ts";

/** How sensitive data may be, from the least to the most. */
export const SENSITIVITIES = ["public", "internal", "confidential", "restricted"] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** Header and member of `metadata` in which a caller says how sensitive a request is. */
const SENSITIVITY_HEADER = "x-data-sensitivity";
const SENSITIVITY_MEMBER = "data_sensitivity";

/** Whether one is above the other. */
export function isAbove(one: Sensitivity, other: Sensitivity): boolean {
  return SENSITIVITIES.indexOf(one) > SENSITIVITIES.indexOf(other);
}

/**
 * What a caller says of a request: the higher of header and `metadata`, `public` where neither is there. A word that is
 * none of these counts as `restricted`, so that a slip does not lower it.
 */
export function declaredSensitivity(body: JsonObject, headers: Headers | undefined): Sensitivity {
  const { metadata } = body;
  const said = [headers?.get(SENSITIVITY_HEADER), isObject(metadata) ? metadata[SENSITIVITY_MEMBER] : null];
  let highest: Sensitivity = "public";
  for (const value of said) {
    if (value === null || value === undefined) continue;
    const level = levelOf(value);
    if (isAbove(level, highest)) highest = level;
  }
  return highest;
}

function levelOf(value: unknown): Sensitivity {
  const word = typeof value === "string" ? value.trim().toLowerCase() : "";
  return SENSITIVITIES.find((level) => level === word) ?? "restricted";
}

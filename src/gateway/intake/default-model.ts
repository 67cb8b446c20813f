import type { Endpoint } from "../../lib/context.ts";

const MODERATES = /moderation/i;

/**
 * The model of a request that names none. OpenAI's moderations may leave it out, and a chat model cannot stand in for it:
 * there it is the first of `names` that is called one and that is `allowed` (null: all are). Else null, any target's own.
 */
export function defaultModel(
  names: readonly string[],
  endpoint: Endpoint,
  allowed: ReadonlySet<string> | null,
): string | null {
  if (endpoint !== "moderations") return null;
  return names.find((name) => MODERATES.test(name) && allowed?.has(name) !== false) ?? null;
}

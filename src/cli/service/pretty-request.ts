import type { Style } from "../terminal/style.ts";
import { visible } from "../terminal/text.ts";

type Fields = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | null => (typeof value === "string" ? visible(value) : null);
const countOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** The request's line of the log in one line of a terminal, its id last; everything else of it says `weir explain`. */
export function prettyRequest(fields: Fields, style: Style): string {
  const { status, outcome, endpoint, stream, consumer, attempts, policies, request_id } = fields;
  const good = outcome === "ok";
  const answered = `${String(status)} ${textOf(outcome)}`;
  const tries = countOf(attempts);
  const parts = [
    good ? style.good(answered) : style.warn(answered),
    `${textOf(endpoint)}${stream === true ? " stream" : ""}`,
    route(fields),
    textOf(consumer) === null ? null : `by ${textOf(consumer)}`,
    countOf(policies) === 0 ? null : style.warn((policies as unknown[]).map(textOf).join(", ")),
    tries > 1 ? `${tries} tries` : null,
    typeof fields["duration_ms"] === "number" ? `${Math.round(fields["duration_ms"])} ms` : null,
    tokens(fields),
    typeof fields["cost_usd"] === "number" ? `$${fields["cost_usd"]}` : null,
    style.dim(textOf(request_id) ?? ""),
  ];
  return parts.filter((part) => part !== null).join("  ");
}

function route({ model, target }: Fields): string | null {
  return typeof target === "string" ? `${textOf(model) ?? "no model"} → ${visible(target)}` : null;
}

function tokens({ prompt_tokens: prompt, completion_tokens: completion }: Fields): string | null {
  if (typeof prompt !== "number" && typeof completion !== "number") return null;
  return `${typeof prompt === "number" ? prompt : "?"}+${typeof completion === "number" ? completion : 0} tokens`;
}

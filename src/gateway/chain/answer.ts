import type { SourceEdit } from "../../lib/edits/edits.ts";
import { GatewayError } from "../../lib/errors.ts";
import { asObject, isObject, type JsonObject, type Parsed } from "../../lib/json/json.ts";
import { findKeyConflict } from "../../lib/json/keys.ts";
import { spanOf } from "../../lib/json/scan.ts";
import type { Edit } from "../../policies/policy.ts";

/**
 * An answer of which exactly one reading is possible. An upstream that says a key twice is read by `JSON.parse` as its
 * last, and perhaps otherwise by the client: then what was read is written anew, so that it is also what is sent.
 */
export function unambiguous(parsed: Parsed): Parsed {
  if (findKeyConflict(parsed.source) === null) return parsed;
  try {
    return { source: JSON.stringify(parsed.value), value: parsed.value };
  } catch (cause) {
    throw new GatewayError("upstream_invalid_answer", "The upstream's answer is nested too deeply to be checked", {
      cause,
    });
  }
}

/** Token lists of the choices that are edited: they repeat the text that a policy has just taken out. */
export function dropLogprobs(parsed: Parsed, edits: readonly Edit[]): readonly SourceEdit[] {
  const choices = parsed.value["choices"];
  if (!Array.isArray(choices)) return [];
  const dropped: SourceEdit[] = [];
  for (const index of new Set(edits.map(({ place }) => choiceOf(place.path)))) {
    const choice: unknown = index === null ? undefined : choices[index];
    if (index === null || !isObject(choice) || choice["logprobs"] == null) continue;
    const span = spanOf(parsed.source, ["choices", index, "logprobs"]);
    if (span !== null) dropped.push({ ...span, text: "null" });
  }
  return dropped;
}

function choiceOf(path: readonly (string | number)[]): number | null {
  const [root, index] = path;
  return root === "choices" && typeof index === "number" ? index : null;
}

/**
 * The answer with `text` in place of everything every choice said; null where it has no choices. Choices are made anew:
 * any member of the old ones could repeat what was said.
 */
export function replacedAnswer(parsed: Parsed, text: string): string | null {
  const { choices } = parsed.value as { readonly choices?: unknown };
  const span = Array.isArray(choices) ? spanOf(parsed.source, ["choices"]) : null;
  if (!Array.isArray(choices) || span === null) return null;
  const anew = choices.map((choice: unknown, position) => {
    const old: JsonObject = asObject(choice);
    const index = typeof old["index"] === "number" ? old["index"] : position;
    const said = "text" in old ? { text } : { message: { role: "assistant", content: text, refusal: null } };
    return { index, ...said, finish_reason: "stop", logprobs: null };
  });
  return parsed.source.slice(0, span.start) + JSON.stringify(anew) + parsed.source.slice(span.end);
}

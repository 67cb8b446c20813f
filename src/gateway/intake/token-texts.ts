import type { Clock } from "../../lib/clock.ts";
import type { RequestContext } from "../../lib/context.ts";
import { applyEdits } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { type Parsed, reparsed } from "../../lib/json/json.ts";
import type { MaybePromise } from "../../lib/maybe-promise.ts";
import { tokenNumbers } from "../../lib/places/extract.ts";
import { inSlices } from "../../lib/slices.ts";
import { isReadable, textOfTokens } from "../../lib/tokens/token-texts.ts";
import { type RouteTable, reachable } from "../routes/route.ts";
import { servesModel, type Target, upstreamModel } from "../targets/target.ts";

/**
 * The request with text in place of token numbers, for policies to read. The same object where it holds no numbers, or
 * where the vocabulary of one of its possible targets is unknown: policies must judge the very text that the target
 * reads. Rejects with the signal's reason where the client goes away meanwhile.
 */
export function withTexts(
  parsed: Parsed,
  { context, table, clock }: { readonly context: RequestContext; readonly table: RouteTable; readonly clock: Clock },
): MaybePromise<Parsed> {
  const { endpoint, signal } = context;
  const member = tokenNumbers(endpoint, parsed.value);
  if (member === null) return parsed;
  const model = typeof parsed.value["model"] === "string" ? parsed.value["model"] : null;
  // a target that declares the model has its vocabulary, by whatever name the upstream knows it
  const isKnown = (target: Target): boolean =>
    isReadable(upstreamModel(target, model)) || (isReadable(model ?? "") && servesModel(target, model));
  return reachable(table, model, endpoint).every(isKnown) ? inSlices(replacing(parsed, member), clock, signal) : parsed;
}

function* replacing(parsed: Parsed, member: string): Generator<undefined, Parsed> {
  const given = parsed.value[member] as readonly unknown[];
  const texts = yield* textsOf(given.every((one) => typeof one === "number") ? [given] : given);
  if (texts === null) return parsed;
  const editor = new MemberEditor(parsed.source);
  editor.set(member, JSON.stringify(texts));
  yield undefined;
  return reparsed(applyEdits(parsed.source, editor.edits()));
}

/** Texts, and those of lists of numbers; null where one is neither. */
function* textsOf(given: readonly unknown[]): Generator<undefined, readonly string[] | null> {
  const texts: string[] = [];
  for (const one of given) {
    const text = Array.isArray(one) ? yield* textOfTokens(one) : one;
    if (typeof text !== "string") return null;
    texts.push(text);
  }
  return texts;
}

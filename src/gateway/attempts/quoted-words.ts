import type { RequestContext } from "../../lib/context.ts";
import { type ErrorCode, GatewayError } from "../../lib/errors.ts";
import { oncePer } from "../../lib/once.ts";
import type { ChatCompletionChunk } from "../../schema/chat.ts";
import { createChain } from "../chain/chain.ts";
import type { Chain, ChainRun } from "../chain/chain-api.ts";
import type { AskOptions } from "./ask-target.ts";

/** Errors whose message may be an upstream's own. */
const QUOTING: ReadonlySet<ErrorCode> = new Set(["upstream_rejected", "upstream_failed", "context_length_exceeded"]);
const WITHHELD = "The upstream gave a reason that a policy of this gateway does not let pass";

/**
 * What a try needs of a request's policies: their transform for its stream, and their judgement of an upstream's error
 * message.
 */
export function answerPolicies(
  chain: Chain,
  run: ChainRun,
  context: RequestContext,
): Pick<AskOptions, "openTransform" | "checkWords" | "tellable"> {
  return {
    openTransform: (beside) => (chain.readsStreams ? run.openStream(beside) : null),
    checkWords: (error) => checkedWords(error, chain, context),
    tellable: (text) => told(text, chain, context),
  };
}

/** Words of an answer as an upstream may have them; null where a policy would not let them pass. */
function told(text: string, chain: Chain, context: RequestContext): string | null {
  const checker = checkerOf(chain);
  // as another request: placeholders stay, since no upstream is told what they stand for
  return checker === null ? text : passed(text, checker, { ...context });
}

/**
 * The same error with an upstream's words in it as answers may have them: what it quotes of a prompt, or of what else it
 * knows, is no way around the policies that take things out.
 */
function checkedWords(error: GatewayError, chain: Chain, context: RequestContext): GatewayError {
  if (!QUOTING.has(error.code)) return error;
  const checker = checkerOf(chain);
  if (checker === null) return error;
  // also where answers hold no text; the request stays the same, since its placeholders are known by it
  const isChat = context.endpoint === "chat" || context.endpoint === "fim";
  const message = passed(error.message, checker, isChat ? context : { ...context, endpoint: "chat" }) ?? WITHHELD;
  return message === error.message ? error : new GatewayError(error.code, message, error.details);
}

/** A message as it leaves, as if it were a stream of one chunk; null where it may not. */
function passed(message: string, checker: Chain, context: RequestContext): string | null {
  const stream = checker.start(context).openStream();
  if (stream === null) return message;
  try {
    const chunk = { choices: [{ index: 0, delta: { content: message } }] } as unknown as ChatCompletionChunk;
    const chunks = [...stream.push(chunk), ...stream.flush()];
    return chunks.map(({ choices }) => choices?.[0]?.delta?.["content"] ?? "").join("");
  } catch {
    return null;
  }
}

/** What looks for things that must not pass, of a chain's policies; null where nothing does. */
const checkerOf = oncePer((chain: Chain): Chain | null => {
  const policies = chain.options.policies.filter(({ scans, mode }) => scans === true && mode === "enforce");
  const checker = createChain({ ...chain.options, policies });
  return checker.readsStreams ? checker : null;
});

import { chainsOf } from "../config/chains.ts";
import type { Config } from "../config/config.ts";
import type { RequestContext } from "../lib/context.ts";
import { GatewayError } from "../lib/errors.ts";
import type { JsonObject, Parsed } from "../lib/json/json.ts";
import { silentLogger } from "../lib/logger.ts";
import type { PlaygroundAnswer, PlaygroundAsk } from "../schema/views/policies-view.ts";
import { createChain } from "./chain/chain.ts";
import type { AnswerResult, Chain, ChainPolicy } from "./chain/chain-api.ts";

type Step = PlaygroundAnswer["steps"][number];

const SKIPPED = "skipped";
/** Verdicts from the weakest on. */
const STRENGTH = ["allow", "redact", "error", "escalate", "block"];

/** So many names are shown to whoever asks for a chain that is not there. */
const MOST_NAMES = 20;

/** The policies of the chain that is called so; the usual one without a name. Throws `invalid_request` for another. */
export function chainNamed(config: Config, name = "policies"): Config["policies"]["chain"] {
  const chains = chainsOf(config);
  const found = chains.find((each) => each.name === name);
  if (found !== undefined) return found.chain;
  const names = chains.slice(0, MOST_NAMES).map((each) => JSON.stringify(each.name));
  const more = chains.length > MOST_NAMES ? `, and ${chains.length - MOST_NAMES} more` : "";
  const message = `There is no chain ${JSON.stringify(name.slice(0, 128))}: there is ${names.join(", ")}${more}`;
  throw new GatewayError("invalid_request", message, { param: "chain" });
}

/**
 * Runs a text through a chain, policy by policy, each seeing what those before it left. Asks nobody, writes nothing down:
 * there is no event, no person is asked, and no log sees it. Who may ask is not judged: nobody asks here.
 */
export async function playground(chain: Chain, { text, side }: PlaygroundAsk): Promise<PlaygroundAnswer> {
  const steps: Step[] = [];
  let seen = text;
  let verdict = "allow";
  for (const policy of inOrder(chain.options.policies, side)) {
    const { step, left } = await one(chain, policy, { text: seen, side });
    steps.push(step);
    if (policy.mode === "monitor") continue;
    seen = left;
    if (STRENGTH.indexOf(step.verdict) > STRENGTH.indexOf(verdict)) verdict = step.verdict;
    const goesOn = chain.options.failMode === "allow" ? ["allow", "redact", "error"] : ["allow", "redact"];
    if (step.verdict !== SKIPPED && !goesOn.includes(step.verdict)) return { verdict, left: null, steps };
  }
  return { verdict, left: seen, steps };
}

/** The order in which a chain asks: requests see input before tool, answers tool before output. */
function inOrder(policies: readonly ChainPolicy[], side: PlaygroundAsk["side"]): readonly ChainPolicy[] {
  const text = side === "request" ? "input" : "output";
  const later = ({ phases, isLast }: ChainPolicy): number =>
    (isLast === true ? 2 : 0) + (phases.includes(text) === (side === "answer") ? 1 : 0);
  // what is in no phase keeps events and is no policy of anybody's
  const asked = policies.filter(({ phases }) => phases.length > 0);
  return asked.toSorted((a, b) => later(a) - later(b));
}

async function one(chain: Chain, policy: ChainPolicy, { text, side }: PlaygroundAsk) {
  if (policy.content === false) return { step: { ...nothingSaid(policy), saw: null }, left: text };
  const alone = createChain({ ...chain.options, log: silentLogger, policies: [policy] });
  const run = alone.start(contextOf(chain));
  let left = text;
  try {
    if (side === "request") left = textOf(await run.request(requestOf(text)));
    else if (run.readsAnswers) left = answerTextOf(await run.answer(answerOf(text)));
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
  }
  const records = [...run.records].sort((a, b) => STRENGTH.indexOf(b.verdict) - STRENGTH.indexOf(a.verdict));
  const step: Step = { ...nothingSaid(policy), ...records[0], saw: records.length === 0 ? null : text };
  return { step, left };
}

function nothingSaid({ name, mode }: ChainPolicy): Omit<Step, "saw"> {
  return { policy: name, phase: "", verdict: SKIPPED, mode, reason_code: null, findings: 0, score: null };
}

function contextOf({ options: { clock } }: Chain): RequestContext {
  return {
    id: "playground",
    endpoint: "chat",
    receivedAtMs: clock.now(),
    startedMs: clock.monotonic(),
    deadlineMs: null,
    consumer: null,
    traceparent: null,
    stream: false,
    signal: new AbortController().signal,
    log: silentLogger,
  };
}

function requestOf(text: string): Parsed {
  return parsed({ model: "playground", messages: [{ role: "user", content: text }] });
}

function answerOf(text: string): Parsed {
  const message = { role: "assistant", content: text };
  return parsed({
    id: "playground",
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: "stop" }],
  });
}

function parsed(value: JsonObject): Parsed {
  return { source: JSON.stringify(value), value };
}

function textOf({ value }: Parsed): string {
  const [message] = value["messages"] as readonly { readonly content?: unknown }[];
  return String(message?.content ?? "");
}

function answerTextOf({ parsed: { value } }: AnswerResult): string {
  const [choice] = value["choices"] as readonly { readonly message?: { readonly content?: unknown } }[];
  return String(choice?.message?.content ?? "");
}

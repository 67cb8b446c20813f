import type { Clock } from "../lib/clock.ts";
import type { RequestContext } from "../lib/context.ts";
import { GatewayError } from "../lib/errors.ts";
import type { Parsed } from "../lib/json/json.ts";
import { completeForMistral, mistralAnswer } from "../providers/index.ts";
import type { TokenUsage } from "../schema/event.ts";
import { type AskAgain, noteUnwanted } from "./attempts/again.ts";
import type { Reply } from "./attempts/ask-target.ts";
import { causeOf } from "./attempts/failure.ts";
import type { Resumption } from "./attempts/resume.ts";
import { wholeUsage } from "./attempts/whole-answer.ts";
import { totalCost, usdText } from "./budgets/cost.ts";
import { ridersOf, withRiders } from "./carbon/riders.ts";
import type { ChainRun } from "./chain/chain.ts";
import type { Ending } from "./ending.ts";
import { finishReasonsOf, type RequestRecord } from "./record.ts";
import type { Relay, StreamEnd } from "./streams/relay.ts";
import type { Target } from "./targets/target.ts";
import { addUsage, estimateUsage, toldUsage, usageBlock } from "./usage.ts";

/** What is needed to bring a reply to the client and the request to its end. */
export interface Finish {
  readonly context: RequestContext;
  readonly run: ChainRun;
  readonly record: RequestRecord;
  readonly clock: Clock;
  /** Goes on with a stream that breaks off; null where that cannot be. */
  readonly resumption: Resumption | null;
  /** Asks another target where a policy does not want an answer. */
  readonly again: AskAgain;
  /** Call once, when nothing more happens to the request. */
  readonly settle: (ending: Ending) => void;
}

type WholeReply = Extract<Reply, { kind: "whole" }>;
type StreamReply = Extract<Reply, { kind: "stream" }>;

/** A whole answer: output policies, headers, record. Throws `output_blocked` and what else a policy throws. */
export function answerWhole(reply: WholeReply, finish: Finish): Response | Promise<Response> {
  const { entry, parsed } = reply;
  const { record, run } = finish;
  const usage = wholeUsage(parsed.value, reply.promptBytes);
  const all = addUsage(record.unwanted, usage);
  entry.end({ status: entry.record.status, outcome: "ok", usage });
  record.target = entry.target.id;
  const { model } = parsed.value;
  record.answeredModel = typeof model === "string" ? model : null;
  record.finishReasons = finishReasonsOf(parsed.value);
  const send = ({ source, value }: Parsed): Response => {
    if (value !== parsed.value) record.finishReasons = finishReasonsOf(value);
    const headers = answerHeaders(finish, "application/json", entry.target);
    tellCost(record, headers);
    const riders = ridersOf(record, { own: usage, all, given: { whole: value } });
    // one that could not be made is nowhere to be found
    if (record.receipt?.made == null) delete headers["x-weir-receipt-id"];
    const text = reply.dialect === "openai" ? source : formForMistral({ source, value }, { reply, finish, usage });
    const response = new Response(withRiders(text, riders), { headers });
    finish.settle({ status: 200, outcome: "ok", usage: all });
    return response;
  };
  if (!run.readsAnswers) return send(parsed);
  return Promise.resolve(run.answer(parsed)).then((inspected) =>
    inspected.action === "pass" ? send(inspected.parsed) : replaceWhole(reply, finish, send),
  );
}

/** A whole answer as Mistral's own clients read it. */
function formForMistral(
  answer: Parsed,
  { reply, finish, usage }: { reply: WholeReply; finish: Finish; usage: TokenUsage },
): string {
  const { context, clock } = finish;
  const source = completeForMistral(answer, {
    id: context.id,
    created: Math.floor(clock.now() / 1000),
    model: reply.entry.record.model,
    usage: () =>
      usageBlock({
        ...usage,
        prompt_tokens: usage.prompt_tokens ?? 0,
        completion_tokens: usage.completion_tokens ?? 0,
      }),
  });
  return reply.dialect === "mistral-plain" ? mistralAnswer({ source, value: answer.value }) : source;
}

/** Another target's answer in place of one that a policy does not want; where nobody gives one, it is what there is. */
async function replaceWhole(
  { entry, parsed }: WholeReply,
  finish: Finish,
  send: (parsed: Parsed) => Response,
): Promise<Response> {
  const other = await finish.again(entry.target);
  if (other?.kind !== "whole") return send((await finish.run.answer(parsed)).parsed);
  noteUnwanted(finish.run.records, entry.target);
  finish.record.unwanted = entry.record.usage;
  return answerWhole(other, finish);
}

/** A stream that has begun; its record is written when it ends, by whichever target that was. */
export function answerStream(reply: StreamReply, finish: Finish): Response {
  const { relay } = reply;
  const { context, record, run } = finish;
  let { resumption } = finish;
  /** Whose answer the client gets: the first, or the one that was asked for in its place. */
  let begun = reply;
  /** Who goes on with it. */
  let current = reply;
  record.target = reply.entry.target.id;
  const gone = (): void => relay.cancel();
  const ownUsage = (): TokenUsage => (current === begun ? streamUsage(current) : resumption!.ownUsage);
  const closeEntry = (ending: Ending): void => {
    const { entry } = current;
    entry.end({ ...ending, status: entry.record.status, usage: ownUsage() });
    current.release();
  };
  const replace = async (): Promise<Relay | null> => {
    const { target } = current.entry;
    const other = await finish.again(target);
    if (other?.kind !== "stream") return null;
    record.unwanted = ended().all;
    closeEntry({ status: 200, outcome: "ok" });
    begun.transform?.discard();
    noteUnwanted(run.records, target);
    resumption = null;
    current = other;
    begun = other;
    record.target = other.entry.target.id;
    return other.relay;
  };
  const resume = async (error: GatewayError): Promise<Relay | null> => {
    if (error.details.another === true) return replace();
    if (resumption === null) return null;
    const { target } = current.entry;
    closeEntry(endingOf(error));
    const broken = { target, usage: current.entry.record.usage, sent: current.state.sent };
    const next = await resumption.next(error, broken, begun.transform);
    if (next === null) return null;
    current = next;
    record.target = next.entry.target.id;
    return next.relay;
  };
  const ended = () => {
    const own = ownUsage();
    const all = addUsage(record.unwanted, current === begun ? own : resumption!.usage);
    return { own, all, given: { stream: current.state.sent } };
  };
  record.ended = ended;
  const onEnd = (end: StreamEnd): void => {
    context.signal.removeEventListener("abort", gone);
    begun.transform?.close();
    if (end instanceof GatewayError && end.code === "internal")
      context.log.error({ request_id: context.id, err: end.details.cause }, "a stream failed inside the gateway");
    record.answeredModel = current.state.model;
    record.finishReasons = current.state.finishReasons;
    const ending = endingOf(end);
    const usage = ended().all;
    closeEntry(ending);
    finish.settle({ ...ending, usage });
  };
  const body = relay.stream(onEnd, resumption === null && reply.transform === null ? null : resume);
  context.signal.addEventListener("abort", gone);
  if (context.signal.aborted) gone();
  return new Response(body, {
    headers: answerHeaders(finish, "text/event-stream; charset=utf-8", reply.entry.target),
  });
}

function endingOf(end: StreamEnd): Ending {
  if (end instanceof GatewayError) {
    return { status: 200, outcome: end.code, cause: causeOf(end), blameless: end.details.blameless };
  }
  return { status: 200, outcome: end };
}

/** The upstream's usage, else an estimate of what was delivered. */
function streamUsage({ state, promptBytes }: StreamReply): TokenUsage {
  return toldUsage(state.usage) ?? estimateUsage(promptBytes(), state.bytes);
}

function answerHeaders(finish: Finish, type: string, target: Target): Record<string, string> {
  const { context, run, record } = finish;
  const headers: Record<string, string> = {
    "content-type": type,
    "x-request-id": context.id,
    "x-weir-target": target.id,
    "x-weir-attempts": String(record.attempts.length),
    "server-timing": record.serverTiming(finish.clock.monotonic()),
  };
  if (target.place !== null) headers["x-weir-region"] = target.place.region.code;
  const receipt = record.routing === null ? null : (record.receipt?.promise(target) ?? null);
  if (receipt !== null) headers["x-weir-receipt-id"] = receipt;
  const policy = run.header();
  if (policy !== null) headers["x-weir-policy"] = policy;
  if (record.pass !== null) Object.assign(headers, record.pass.headers());
  if (context.stream) {
    headers["cache-control"] = "no-cache";
    headers["x-accel-buffering"] = "no";
  }
  return headers;
}

/** What all attempts cost so far, as far as somebody knows. */
function tellCost({ attempts }: RequestRecord, headers: Record<string, string>): void {
  const { usd, basis } = totalCost(attempts.map(({ record }) => record));
  headers["x-weir-cost-basis"] = basis;
  if (usd !== null) headers["x-weir-cost-usd"] = usdText(usd);
}

/** The error with what is known of the request in its headers. */
export function withFacts(error: GatewayError, record: RequestRecord, nowMs: number): GatewayError {
  const headers: Record<string, string> = { ...error.details.headers, "server-timing": record.serverTiming(nowMs) };
  const policy = record.run?.header() ?? null;
  if (policy !== null) headers["x-weir-policy"] = policy;
  if (record.attempts.length > 0) {
    headers["x-weir-attempts"] = String(record.attempts.length);
    tellCost(record, headers);
  }
  if (record.pass !== null) Object.assign(headers, record.pass.headers());
  return new GatewayError(error.code, error.message, { ...error.details, headers });
}

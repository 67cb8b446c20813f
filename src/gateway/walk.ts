import type { RequestContext } from "../lib/context.ts";
import { GatewayError } from "../lib/errors.ts";
import type { Writable } from "../lib/writable.ts";
import { dialectOf } from "../providers/index.ts";
import type { Pass } from "./admission/admission.ts";
import { openPass } from "./admission/limits.ts";
import { answerStream } from "./answers/stream.ts";
import { answerWhole } from "./answers/whole.ts";
import { askAgain } from "./attempts/again.ts";
import { askedOf } from "./attempts/asked.ts";
import { attempt } from "./attempts/attempt.ts";
import { answerPolicies } from "./attempts/quoted-words.ts";
import { type ResumeMode, Resumption } from "./attempts/resume.ts";
import type { AttemptOptions } from "./attempts/rules.ts";
import { GridSnapshot } from "./carbon/grid-snapshot.ts";
import { RequestReceipt } from "./carbon/receipts.ts";
import { ridersOfStream } from "./carbon/riders.ts";
import type { Chain, ChainRun } from "./chain/chain-api.ts";
import type { Ending } from "./ending.ts";
import { startRun } from "./escalations.ts";
import type { Caller } from "./gateway-api.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { deadlineOf } from "./intake/deadline.ts";
import { type ReadRules, readBody } from "./intake/read-body.ts";
import { readRequest } from "./intake/read-request.ts";
import { takeIn } from "./intake/take-in.ts";
import { withTexts } from "./intake/token-texts.ts";
import type { RequestRecord } from "./record.ts";
import { routeOf } from "./routes/decide.ts";
import { readHints } from "./routes/hints.ts";
import { isLate, underPin } from "./routes/pinned.ts";
import { reserveRoute } from "./routes/reserve.ts";
import { chainFor } from "./routes/route.ts";
import { wishOf } from "./routes/wish.ts";

/** What all requests of a gateway have in common. */
export interface Way {
  readonly parts: GatewayParts;
  readonly reading: ReadRules;
  readonly maxResponseBytes: number | undefined;
  readonly totalTimeoutMs: number;
  readonly resumeMode: ResumeMode;
}

/** What a configuration says of every request, worked out once. */
export function wayOf(parts: GatewayParts): Way {
  const { config, services, ticker } = parts;
  const { fallback, total_timeout_seconds } = config.providers;
  const silenceMs = config.server.idle_timeout_seconds * 1000;
  return {
    parts,
    reading: { limits: config.size_limits, silenceMs, clock: services.clock, ticker },
    maxResponseBytes: config.size_limits.max_response_bytes,
    totalTimeoutMs: total_timeout_seconds * 1000,
    resumeMode: fallback.enabled ? fallback.stream_resume : "off",
  };
}

/** One request on its way, and what it is recorded in. */
export interface Walker {
  readonly context: Writable<RequestContext>;
  readonly record: RequestRecord;
  readonly caller: Caller;
  /** To be told once how the answer ended. */
  readonly settle: (ending: Ending) => void;
}

/** One request from the door to the answer; the numbered steps of the house. Rejects where there is no answer. */
export async function walk(way: Way, request: Request, walker: Walker): Promise<Response> {
  const { parts, reading } = way;
  const { context, record, caller, settle } = walker;
  const { services, limits, queue, table } = parts;
  // 1. the door
  admit(parts);
  const opened = limits === null ? null : openPass(limits, request, { context, record, caller });
  const pass = opened instanceof Promise ? await opened : opened;
  context.deadlineMs = deadlineOf(request.headers, context.startedMs, way.totalTimeoutMs);
  if (!queue.enter()) await queue.wait(context.signal, context.deadlineMs, caller);
  record.hasPlace = true;
  const bytes = await readBody(request, reading, { lift: caller.bodyRead, keep: parts.room.keeper(record) });
  caller.bodyRead?.();
  const read = await readRequest(context, bytes, reading);
  takeIn(read, context, { record, names: table.names, allowed: pass?.consumer?.models?.names ?? null });
  pass?.checkModel(record.model);
  const wish = wishOf(readHints(read.value, request.headers), pass?.consumer ?? null, table);
  record.askedRouting = wish.said;
  record.receipt = new RequestReceipt(context, parts.receipts, { wish: wish.receipt, body: bytes });
  // 2. the policies
  const chain = chainFor(table, { consumer: pass?.consumer, model: record.model, usual: parts.chain });
  const texts = chain.readsTexts ? withTexts(read, { context, table, clock: services.clock }) : read;
  const told = texts instanceof Promise ? await texts : texts;
  const run = await startRun(services, context, { read: told, chain, blockStatus: pass?.consumer?.blockStatus });
  record.run = run;
  const judged = chain.readsRequests ? await run.request(told) : told;
  context.asked = judged;
  // what no policy changed goes on as it came, be it numbers
  const parsed = judged === told ? read : judged;
  record.policedMs = services.clock.monotonic();
  // 3. the route
  const { contexts, breakers } = parts;
  const tooLong = contexts.needed ? await contexts.tooLong(context.endpoint, parsed, context.signal) : null;
  pass?.weigh(context.endpoint, parsed, () => new GridSnapshot(parts.signals, context.receivedAtMs));
  const trials = breakers?.prepare(record.policedMs) ?? null;
  if (trials !== null) await trials;
  const decide = () => routeOf(parts, { request, context, parsed, wish, record, tooLong });
  const decided = pass === null ? decide() : reserveRoute(pass, record.model, decide);
  const route = decided instanceof Promise ? await decided : decided;
  // 4. the attempts
  const asked = askedOf(context.endpoint, parsed, {
    bytes: parsed === read ? bytes : null,
    model: record.model,
    dialect: dialectOf(request.headers.get("user-agent"), chain.readsStreams || run.readsAnswers, parsed.value),
  });
  record.routedMs = services.clock.monotonic();
  const options = attemptOptions(way, walker, { pass, chain, run });
  const resumption = context.stream ? Resumption.of(route, asked, { options, mode: way.resumeMode }) : null;
  const follow = resumption === null ? options : { ...options, followChunks: resumption.follow };
  const reply = await underPin(wish.pin, attempt(route, asked, follow), () => isLate(context, services.clock));
  if (reply.kind === "stream") resumption?.begin(reply.decode);
  // 5. to 9. the answer, its policies, its record
  const again = askAgain(route, asked, options);
  const finish = { context, run, record, clock: services.clock, resumption, again, settle };
  return reply.kind === "whole" ? answerWhole(reply, finish) : answerStream(reply, finish);
}

function admit({ config, queue, counters, admits }: GatewayParts): void {
  if (!config.pack.enabled)
    throw new GatewayError(
      "gateway_disabled",
      "This gateway is switched off by its configuration (pack.enabled: false)",
    );
  queue.refuseIfFull();
  counters.check();
  if (!admits())
    throw new GatewayError(
      "overloaded",
      "The audit ledger cannot take events, and store.on_error says to refuse requests until it can",
    );
}

function attemptOptions(
  { parts: { services, ticker, rules }, maxResponseBytes }: Way,
  { context, record }: Walker,
  { pass, chain, run }: { pass: Pass | null; chain: Chain; run: ChainRun },
): AttemptOptions {
  return {
    context,
    services,
    ticker,
    rules,
    random: Math.random,
    entries: record.attempts,
    maxResponseBytes,
    deadlineMs: context.deadlineMs!,
    mayHedge: (target) => (pass?.objection(target, record.model) ?? null) === null,
    ...ridersOfStream(record, chain.readsStreams ? () => run.header() : null),
    ...answerPolicies(chain, run, context),
  };
}

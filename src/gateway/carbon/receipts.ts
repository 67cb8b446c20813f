import { type CommittedStream, choicesOfAnswer, committedText, MAX_COMMITTED_BYTES } from "../../carbon/commitment.ts";
import { type ReceiptFacts, receiptOf } from "../../carbon/receipt.ts";
import type { Work } from "../../carbon/receipt-part.ts";
import { methodologyHash, sha256 } from "../../carbon/sign.ts";
import type { Config } from "../../config/config.ts";
import type { Clock } from "../../lib/clock.ts";
import type { ReceiptDesk, RequestContext, Services } from "../../lib/context.ts";
import type { JsonObject } from "../../lib/json/json.ts";
import { answersHoldText } from "../../lib/places/extract.ts";
import type { TokenUsage } from "../../schema/event.ts";
import type { EXCLUSIONS, UnsignedReceipt } from "../../schema/receipt.ts";
import type { RoutingTrace } from "../../schema/routing-trace.ts";
import type { AttemptEntry } from "../attempts/attempt-entry.ts";
import type { RequestRecord } from "../record.ts";
import type { Target } from "../targets/target.ts";
import { carbonProfile } from "./profile.ts";
import type { Riders } from "./riders.ts";

/** What receipts are made with, for all requests of a gateway. */
export interface ReceiptRules {
  /** Null: there are none, by configuration or because nobody signs. */
  readonly desk: ReceiptDesk | null;
  readonly issuer: string;
  readonly clock: Clock;
}

/** The rules of a configuration; nobody signs where it says so, or without a desk. */
export function receiptRules({ receipts }: Pick<Config, "receipts">, services: Services): ReceiptRules {
  const desk = receipts.enabled ? (services.receipts ?? null) : null;
  return { desk, issuer: receipts.issuer, clock: services.clock };
}

/** What the client has of an answer, as far as a commitment goes. */
export type Given = { readonly whole: JsonObject } | { readonly stream: CommittedStream | undefined };

/** What is known of an answer when it has ended. */
export interface Ended {
  /** What was used by whoever finishes the answer. */
  readonly own: TokenUsage;
  /** By all together. */
  readonly all: TokenUsage;
  readonly given: Given;
}

/** The receipt of one request: promised with an id when its answer begins, made once when it ends. */
export class RequestReceipt {
  /** `x-weir-receipt-id`; null: the answer gets none. */
  id: string | null = null;
  /** What was made; null: not yet, or it could not be. */
  made: UnsignedReceipt | null = null;
  #isTried = false;
  #isUnfinished = false;
  readonly #context: RequestContext;
  readonly #rules: ReceiptRules;
  readonly #wish: boolean | null;
  readonly #body: Uint8Array | null;

  /** `wish`: `vetted.receipt`; `body`: the request as it was received. */
  constructor(context: RequestContext, rules: ReceiptRules, of: { wish: boolean | null; body: Uint8Array }) {
    this.#context = context;
    this.#rules = rules;
    this.#wish = of.wish;
    this.#body = of.body.length > MAX_COMMITTED_BYTES ? null : of.body;
  }

  /** Whether the client may get one, so that what it is sent has to be gathered. */
  get isPossible(): boolean {
    return this.#rules.desk !== null && this.#wish !== false;
  }

  /** Promises one where the target has a region or the caller asked. */
  promise(target: Target): string | null {
    if (this.isPossible && (this.#wish === true || target.place !== null)) this.id = `rcpt_${Bun.randomUUIDv7()}`;
    return this.id;
  }

  /** The members of the answer: the receipt, or why there is none; nothing where none was promised. Never throws. */
  members(record: RequestRecord, ended: Ended): Riders | null {
    const { desk } = this.#rules;
    if (desk === null && this.#wish === true) return refused("This gateway issues no receipts (receipts.enabled)");
    // whoever goes on with a stream may have a region where the one that began it has none
    const target = record.attempts.at(-1)?.target;
    if (this.id === null && target?.id === record.target) this.promise(target);
    if (desk === null || this.id === null) return null;
    this.#isTried = true;
    try {
      const nonce = crypto.getRandomValues(new Uint8Array(16)).toHex();
      const made = this.#unsigned(record, ended, { given: ended.given, nonce });
      const { payload, jws, detached } = desk.seal(made);
      const { receivedAtMs: at, consumer } = this.#context;
      desk.keep({ id: this.id, at, consumer, payload, detached });
      this.made = made;
      // what was signed is shown as it was signed; the client's block alone has the nonce
      return { vetted: `${payload.slice(0, -1)},"commitment_nonce":"${nonce}","jws":"${jws}"}` };
    } catch (err) {
      this.#context.log.error({ request_id: this.#context.id, err }, "a receipt could not be made");
      return refused("The receipt of this answer could not be made");
    }
  }

  /** Makes the one that was promised with a stream that never came to its last chunk: its client can still ask for it. */
  settle(record: RequestRecord): void {
    if (this.id === null || this.#isTried || record.ended === null) return;
    this.#isUnfinished = true;
    this.members(record, record.ended());
  }

  /** What the ledger needs to know of requests that got no receipt: the same estimate, unsigned. */
  estimate(record: RequestRecord, used: Pick<Ended, "own" | "all">): UnsignedReceipt | null {
    return record.attempts.length === 0 ? null : this.#unsigned(record, used, null);
  }

  #unsigned(
    record: RequestRecord,
    used: Pick<Ended, "own" | "all">,
    to: { given: Given; nonce: string } | null,
  ): UnsignedReceipt {
    const trace = to === null ? null : record.traceText();
    const { works, failed } = this.#works(record, used.own);
    const request = to === null || this.#body === null ? null : sha256(to.nonce, this.#body);
    const response = to === null ? null : responseCommitment(to.given, to.nonce);
    const answered = response !== null && "hash" in response ? response.hash : null;
    const exclusions = failed.map((target) => `failed_attempt:${target}`);
    if (this.#isUnfinished) exclusions.push("unfinished_answer");
    if (request === null) exclusions.push("request_over_64_kb");
    if (response !== null && "why" in response) exclusions.push(response.why);
    const facts: ReceiptFacts = {
      receiptId: this.id ?? "",
      queryId: this.#context.id,
      issuedAt: new Date(this.#rules.clock.now()).toISOString(),
      issuer: this.#rules.issuer,
      routeTaken: routeTaken(record.trace()),
      promptTokens: used.all.prompt_tokens,
      works,
      exclusions,
      methodologyHash: methodologyHash(),
      routingDecisionHash: trace === null ? null : sha256(trace),
      requestCommitment: request,
      responseCommitment: answered,
    };
    return receiptOf(facts);
  }

  /**
   * The attempts that made a part of the answer, or an answer that a policy did not want; the one that ends the answer
   * is last. And the targets that were asked and gave nothing.
   */
  #works(record: RequestRecord, own: TokenUsage): { works: [Work, ...Work[]]; failed: readonly string[] } {
    const last = answering(record);
    const works: Work[] = [];
    const failed = new Set<string>();
    for (const entry of record.attempts) {
      if (entry === last) continue;
      if (entry.record.outcome === "hedged_out" || !hasAnswered(entry)) failed.add(entry.target.id);
      else works.push(this.#work(record, entry, { usage: entry.record.usage, untilMs: entry.record.ended_ms }));
    }
    const { started_ms: startedMs, ended_ms: endedMs } = last.record;
    // a stream ends with its receipt; a whole answer has ended before its policies saw it
    const untilMs = endedMs > startedMs ? endedMs : this.#rules.clock.monotonic() - this.#context.startedMs;
    works.push(this.#work(record, last, { usage: own, untilMs }));
    return { works: works as [Work, ...Work[]], failed: [...failed] };
  }

  #work(record: RequestRecord, entry: AttemptEntry, of: { usage: TokenUsage; untilMs: number }): Work {
    const { usage, untilMs } = of;
    const { target } = entry;
    // embeddings have no output: nobody says so
    const none = answersHoldText(this.#context.endpoint) ? null : 0;
    return {
      profile: carbonProfile(target, entry.record.model),
      completionTokens: usage.completion_tokens ?? none,
      tokensSource: usage.basis === "exact" ? "upstream usage" : "estimated by the gateway from the length of the text",
      generationS: Math.round((untilMs - entry.record.started_ms) * 1000) / 1e6,
      signal: record.routing?.receiptSignal(target.id) ?? null,
    };
  }
}

/** Whoever ends the answer: not who was asked to go on with a stream of its own that had broken off, and could not. */
function answering({ attempts, target: id }: RequestRecord): AttemptEntry {
  const own = attempts.filter(({ target }) => target.id === id);
  return own.findLast(hasAnswered) ?? own.at(-1) ?? attempts.at(-1)!;
}

function hasAnswered({ record: { first_token_ms: began, outcome } }: AttemptEntry): boolean {
  return began !== null || outcome === "ok";
}

function routeTaken(trace: RoutingTrace | null): string {
  if (trace === null) return "standard";
  if (trace.decision_reason === "pinned_secondary_used") return trace.decision_reason;
  return trace.failover === null ? trace.decision_mode : "failover";
}

/** The hash, or the exclusion that says why there is none. */
function responseCommitment(given: Given, nonce: string): { hash: string } | { why: keyof typeof EXCLUSIONS } {
  if ("stream" in given && given.stream?.isTooLarge === true) return { why: "answer_over_64_kb" };
  const choices = "whole" in given ? choicesOfAnswer(given.whole) : (given.stream?.choices() ?? []);
  if (choices.length === 0) return { why: "answer_without_text" };
  const text = committedText(choices);
  const isTooLarge = Buffer.byteLength(text) > MAX_COMMITTED_BYTES;
  return isTooLarge ? { why: "answer_over_64_kb" } : { hash: sha256(nonce + text) };
}

/** Why there is no receipt, in its place. */
function refused(why: string): Riders {
  return { vetted: "null", vetted_error: JSON.stringify(why) };
}

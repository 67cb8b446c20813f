import type { CommittedStream } from "../../carbon/commitment.ts";
import { applyEdits } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { GatewayError } from "../../lib/errors.ts";
import { isObject, type JsonObject, type Parsed, reparsed } from "../../lib/json/json.ts";
import { spanOf } from "../../lib/json/scan.ts";
import type { DecodeChunk } from "../../providers/provider.ts";
import type { TokenUsage } from "../../schema/event.ts";
import type { ComposedTransform } from "../chain/chain-api.ts";
import type { Route } from "../routes/route.ts";
import type { Target } from "../targets/target.ts";
import { estimateUsage, promptBytes, readUsage, UNKNOWN_USAGE, usageBlock } from "../usage.ts";
import type { StreamReply } from "./ask-target.ts";
import type { Asked } from "./asked.ts";
import { attempt } from "./attempt.ts";
import { Delivered, type UsedBefore } from "./delivered.ts";
import type { AttemptOptions } from "./rules.ts";

/** What is done with a stream that breaks off: another target goes on with it, or begins anew, or nothing. */
export type ResumeMode = "prefix" | "realign" | "off";

/** The part of a stream that broke off. */
export interface BrokenPart {
  readonly target: Target;
  readonly usage: TokenUsage;
  /** What the client has got so far, where that is gathered. */
  readonly sent: CommittedStream | undefined;
}

/** Goes on with one stream after it broke off, as often as there are targets for it. */
export class Resumption {
  readonly #route: Route;
  readonly #asked: Asked;
  readonly #options: AttemptOptions;
  readonly #mode: ResumeMode;
  /** What every attempt at a first stream has delivered so far, by what its chunks go through. */
  readonly #followed = new Map<DecodeChunk, Delivered>();
  #delivered = new Delivered();
  #furtherTargets = 0;
  /** What the parts that broke off have used. */
  #before: UsedBefore = { promptTokens: 0, completionTokens: 0 };
  /** UTF-8 bytes of what the present upstream was asked. */
  #promptBytes = 0;
  #sent: CommittedStream | undefined;
  /** Whether a part goes on whose usage is not among {@link Resumption.#before}. */
  #goesOn = false;

  /** Null where this request could never be resumed, so that its chunks need not be followed. */
  static of(route: Route, asked: Asked, how: { options: AttemptOptions; mode: ResumeMode }): Resumption | null {
    const { mode, options } = how;
    if (mode === "off" || asked.endpoint !== "chat" || asked.choices !== 1 || !options.context.stream) return null;
    if (mode === "prefix" && !route.targets.some((target) => target.provider.continuesPrefix)) return null;
    const format = asked.parsed.value["response_format"];
    const structured = isObject(format) && (format["type"] ?? "text") !== "text";
    return structured ? null : new Resumption(route, asked, how);
  }

  private constructor(route: Route, asked: Asked, how: { options: AttemptOptions; mode: ResumeMode }) {
    this.#route = route;
    this.#asked = asked;
    this.#options = how.options;
    this.#mode = how.mode;
  }

  /** Follows what the first attempts deliver: hand it to them as `followChunks`. */
  readonly follow = (decode: DecodeChunk): DecodeChunk => {
    const delivered = new Delivered();
    const followed = delivered.follow(decode);
    this.#followed.set(followed, delivered);
    return followed;
  };

  /** It is this attempt's stream that the client gets: name it by its reply's `decode`. */
  begin(decode: DecodeChunk): void {
    this.#delivered = this.#followed.get(decode) ?? this.#delivered;
    this.#followed.clear();
  }

  /** What the upstream that goes on used itself: as it says, else an estimate. */
  get ownUsage(): TokenUsage {
    return usageOf(this.#delivered, this.#promptBytes);
  }

  /** What all parts together used, the present one included. */
  get usage(): TokenUsage {
    return this.#withBefore(this.#goesOn ? this.ownUsage : UNKNOWN_USAGE);
  }

  #withBefore({ prompt_tokens: prompt, completion_tokens: completion, ...details }: TokenUsage): TokenUsage {
    return {
      ...details,
      prompt_tokens: (prompt ?? 0) + this.#before.promptTokens,
      completion_tokens: (completion ?? 0) + this.#before.completionTokens,
      basis: "estimated",
    };
  }

  /**
   * Opens a stream that goes on with the broken one; null where no target could. The target of the part that broke is
   * asked last, behind others that have failed this request, and what it used is added to the rest. `transform`: that
   * of the output policies, which see one answer.
   */
  async next(
    error: GatewayError,
    { target: broken, usage, sent }: BrokenPart,
    transform: ComposedTransform | null,
  ): Promise<StreamReply | null> {
    this.#before = {
      promptTokens: this.#before.promptTokens + (usage.prompt_tokens ?? 0),
      completionTokens: this.#before.completionTokens + (usage.completion_tokens ?? 0),
    };
    this.#sent = sent;
    const reply = await this.#continue(error, broken, transform);
    this.#goesOn = reply !== null;
    return reply;
  }

  async #continue(
    error: GatewayError,
    broken: Target,
    transform: ComposedTransform | null,
  ): Promise<StreamReply | null> {
    const { text, plain } = this.#delivered;
    if (!error.failover || !plain || text === "") return null;
    const candidates = this.#candidates(broken);
    const { tellable } = this.#options;
    // policies read on in what came, the next upstream is told what the client was
    const told = tellable === undefined ? text : tellable(text);
    for (const target of told === null ? [] : candidates) {
      if (!target.provider.continuesPrefix || target.live.refusesPrefix) continue;
      const reply = await this.#ask(target, { mode: "prefix", text: told! }, transform);
      if (reply !== null) return reply;
    }
    for (const target of this.#mode === "realign" ? candidates : []) {
      const reply = await this.#ask(target, { mode: "realign", text }, transform);
      if (reply !== null) return reply;
    }
    return null;
  }

  /** Whom to ask: first those who have not failed this request yet, `broken` last. */
  #candidates(broken: Target): readonly Target[] {
    const { targets, failover } = this.#route;
    if (!failover) return [broken];
    const failed = new Set<Target>();
    for (const { target, record } of this.#options.entries) if (record.outcome !== "hedged_out") failed.add(target);
    const others = targets.filter((target) => target !== broken);
    const [again, fresh] = [others.filter((target) => failed.has(target)), others.filter((each) => !failed.has(each))];
    return [...fresh, ...again, broken];
  }

  async #ask(
    target: Target,
    { mode, text }: { readonly mode: "prefix" | "realign"; readonly text: string },
    transform: ComposedTransform | null,
  ): Promise<StreamReply | null> {
    const { rules, services, deadlineMs, context } = this.#options;
    if (this.#furtherTargets >= rules.maxFurtherTargets || services.clock.monotonic() >= deadlineMs) return null;
    this.#furtherTargets++;
    const { parsed } = this.#asked;
    const asked = mode === "prefix" ? { ...this.#asked, parsed: withPrefix(parsed, text), bytes: null } : this.#asked;
    const echo = mode === "prefix" ? echoOf(parsed, text) : text;
    const bytes = promptBytes(asked.parsed);
    const delivered = this.#delivered.fork();
    try {
      const reply = await attempt({ ...this.#route, targets: [target], failover: false }, asked, {
        ...this.#options,
        rules: { ...rules, maxAttempts: 1 },
        openTransform: () => transform,
        goesOn: true,
        openSent: this.#sent === undefined ? undefined : () => this.#sent!,
        estimateUsage: () => usageBlock(this.#withBefore(usageOf(delivered, bytes))),
        followChunks: (decode) =>
          delivered.continueWith(decode, {
            echo,
            required: mode === "realign",
            before: this.#before,
            onDiffers: answersDifferently,
          }),
      });
      if (reply.kind !== "stream") return null;
      this.#delivered = delivered;
      this.#promptBytes = bytes;
      return reply;
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) return null;
      if (mode === "prefix" && thrown.code === "upstream_rejected") target.live.refusesPrefix = true;
      context.log.warn(
        { request_id: context.id, target: target.id, code: thrown.code },
        "a broken stream could not be continued here",
      );
      return null;
    }
  }
}

/** What one part used: as its upstream says, else an estimate. */
function usageOf({ ownUsage, ownBytes }: Delivered, promptBytes: number): TokenUsage {
  return ownUsage === null ? estimateUsage(promptBytes, ownBytes) : readUsage(ownUsage);
}

function answersDifferently(): never {
  const message = "The upstream's new answer does not begin with what was delivered already";
  throw new GatewayError("upstream_cut", message, { blameless: true });
}

/** The prefix a caller gave the answer it asked for; null: none. */
function ownPrefix({ value }: Parsed): string | null {
  const last = (value["messages"] as readonly JsonObject[]).at(-1);
  const content = last?.["role"] === "assistant" && last["prefix"] === true ? last["content"] : null;
  return typeof content === "string" ? content : null;
}

/** Whether what was delivered begins with the caller's own prefix, or is on its way to: Mistral gives it back. */
function givesBack(own: string, text: string): boolean {
  return text.startsWith(own) || own.startsWith(text);
}

/** What a target that is asked to go on may say again: all that it was given as a prefix and the client has. */
function echoOf(parsed: Parsed, text: string): string {
  const own = ownPrefix(parsed);
  return own === null || givesBack(own, text) ? text : own + text;
}

/**
 * The request with what was delivered as the beginning of the assistant's answer (Mistral's `prefix: true`), joined to a
 * prefix of the caller's own, and with the tokens that are left of `max_tokens`.
 */
export function withPrefix(parsed: Parsed, text: string): Parsed {
  const messages = parsed.value["messages"] as readonly JsonObject[];
  const last = messages.at(-1);
  const given = ownPrefix(parsed);
  const own = given !== null;
  // who gave the caller's prefix back has not said it twice
  const content = !own ? text : givesBack(given, text) ? (text.length > given.length ? text : given) : given + text;
  const message = { ...(own ? last : {}), role: "assistant", content, prefix: true };
  const editor = new MemberEditor(parsed.source);
  const span = spanOf(parsed.source, own ? ["messages", messages.length - 1] : ["messages"])!;
  const place = own ? { start: span.start, end: span.end } : { start: span.end - 1, end: span.end - 1 };
  const edits = [{ ...place, text: `${own ? "" : ","}${JSON.stringify(message)}` }];
  for (const key of ["max_tokens", "max_completion_tokens"]) {
    const limit = parsed.value[key];
    if (typeof limit === "number")
      editor.set(key, String(Math.max(1, limit - (estimateUsage(0, text.length).completion_tokens ?? 0))));
  }
  return reparsed(applyEdits(parsed.source, [...edits, ...editor.edits()]));
}

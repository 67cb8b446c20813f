import { GatewayError } from "../../lib/errors.ts";
import type { TokenUsage } from "../../schema/event.ts";
import { noteUnwanted } from "../attempts/again.ts";
import type { StreamReply } from "../attempts/ask-target.ts";
import { causeOf } from "../attempts/failure.ts";
import type { Resumption } from "../attempts/resume.ts";
import type { Ended } from "../carbon/receipts.ts";
import type { Ending } from "../ending.ts";
import type { Relay, StreamEnd } from "../streams/relay.ts";
import { addUsage, estimateUsage, toldUsage } from "../usage.ts";
import type { Finish } from "./finish.ts";
import { answerHeaders } from "./headers.ts";

/** A stream that has begun; its record is written when it ends, by whichever target that was. */
export function answerStream(reply: StreamReply, finish: Finish): Response {
  const headers = answerHeaders(finish, "text/event-stream; charset=utf-8", reply.entry.target);
  return new Response(new StreamAnswer(reply, finish).body(), { headers });
}

/** One stream on its way to its client, with all the targets that take part in it. */
class StreamAnswer {
  readonly #finish: Finish;
  readonly #relay: Relay;
  /** The reply that the answer began with: the first, or the one that was asked for in its place. */
  #begun: StreamReply;
  /** The reply that goes on with it: the same, or that of another target after a break. */
  #current: StreamReply;
  #resumption: Resumption | null;

  constructor(reply: StreamReply, finish: Finish) {
    this.#finish = finish;
    this.#relay = reply.relay;
    this.#begun = reply;
    this.#current = reply;
    this.#resumption = finish.resumption;
    finish.record.target = reply.entry.target.id;
    finish.record.ended = () => this.#ended();
  }

  /** To be asked for once. */
  body(): ReadableStream<Uint8Array> {
    const { signal } = this.#finish.context;
    const mayGoOn = this.#resumption !== null || this.#begun.transform !== null;
    const body = this.#relay.stream((end) => this.#end(end), mayGoOn ? (error) => this.#goOn(error) : null);
    signal.addEventListener("abort", this.#gone);
    if (signal.aborted) this.#gone();
    return body;
  }

  readonly #gone = (): void => this.#relay.cancel();

  #ownUsage(): TokenUsage {
    return this.#current === this.#begun ? streamUsage(this.#current) : this.#resumption!.ownUsage;
  }

  #ended(): Ended {
    const own = this.#ownUsage();
    const all = addUsage(this.#finish.record.unwanted, this.#current === this.#begun ? own : this.#resumption!.usage);
    return { own, all, given: { stream: this.#current.state.sent } };
  }

  #closeEntry(ending: Ending): void {
    const { entry } = this.#current;
    entry.end({ ...ending, status: entry.record.status, usage: this.#ownUsage() });
    this.#current.release();
  }

  #follow(next: StreamReply): Relay {
    this.#current = next;
    this.#finish.record.target = next.entry.target.id;
    return next.relay;
  }

  async #goOn(error: GatewayError): Promise<Relay | null> {
    if (error.details.another === true) return this.#replace();
    if (this.#resumption === null) return null;
    const { entry, state } = this.#current;
    this.#closeEntry(endingOf(error));
    const broken = { target: entry.target, usage: entry.record.usage, sent: state.sent };
    const next = await this.#resumption.next(error, broken, this.#begun.transform);
    return next === null ? null : this.#follow(next);
  }

  /** A policy would rather have another target's answer. */
  async #replace(): Promise<Relay | null> {
    const { run, record, again } = this.#finish;
    const { target } = this.#current.entry;
    const other = await again(target);
    if (other?.kind !== "stream") return null;
    record.unwanted = this.#ended().all;
    this.#closeEntry({ status: 200, outcome: "ok" });
    this.#begun.transform?.discard();
    noteUnwanted(run.records, target);
    this.#resumption = null;
    this.#begun = other;
    return this.#follow(other);
  }

  #end(end: StreamEnd): void {
    const { context, record, settle } = this.#finish;
    context.signal.removeEventListener("abort", this.#gone);
    this.#begun.transform?.close();
    if (end instanceof GatewayError && end.code === "internal")
      context.log.error({ request_id: context.id, err: end.details.cause }, "a stream failed inside the gateway");
    record.answeredModel = this.#current.state.model;
    record.finishReasons = this.#current.state.finishReasons;
    const ending = endingOf(end);
    const usage = this.#ended().all;
    this.#closeEntry(ending);
    settle({ ...ending, usage });
  }
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

import type { GatewayError } from "../../lib/errors.ts";
import type { ComposedTransform } from "../chain/chain-api.ts";
import type { Target } from "../targets/target.ts";
import { estimatePrompt, promptBytes } from "../usage.ts";
import type { Reply } from "./ask-target.ts";
import type { Asked } from "./asked.ts";
import type { AttemptEntry } from "./attempt-entry.ts";
import { ClientGone, HedgedOut } from "./failure.ts";
import type { AttemptOptions } from "./rules.ts";

/** What a lane shares with the others of its request. */
export interface LaneOptions {
  readonly asked: Asked;
  readonly options: AttemptOptions;
  readonly lanes: readonly Lane[];
}

/** One target that is asked beside another: its own signal and its own transforms, so that it alone can be taken back. */
export class Lane {
  readonly target: Target;
  /** The entry of its first try. */
  readonly entry: AttemptEntry;
  readonly options: AttemptOptions;
  /** Why it gives no answer; null: it may yet. */
  failure: GatewayError | null = null;
  readonly #shared: LaneOptions;
  readonly #controller = new AbortController();
  readonly #gone = (): void => this.#controller.abort(new ClientGone("The client went away"));
  #transform: ComposedTransform | null = null;

  constructor(entry: AttemptEntry, shared: LaneOptions) {
    const { options } = shared;
    this.entry = entry;
    this.target = entry.target;
    this.#shared = shared;
    this.options = {
      ...options,
      context: { ...options.context, signal: this.#controller.signal },
      openTransform: () => this.#openTransform(),
    };
    const { signal } = options.context;
    signal.addEventListener("abort", this.#gone);
    if (signal.aborted) this.#gone();
  }

  /** Its reply goes to the client: the client's going must reach it until it is released. */
  win(reply: Reply): Reply {
    for (const lane of this.#shared.lanes) if (lane !== this) lane.#discard();
    if (reply.kind === "stream") return { ...reply, release: () => this.#release(reply.release) };
    this.#release();
    return reply;
  }

  /** Ends its work, for the ledger too; `cause` says why, for people. Harmless where it has ended. */
  cancel(cause: string): void {
    const entry = this.options.entries.findLast(({ target }) => target === this.target)!;
    const { asked, options } = this.#shared;
    const gone = options.context.signal.aborted;
    // whoever was asked has read the prompt; what it has written nobody knows
    const usage = estimatePrompt(promptBytes(asked.parsed));
    entry.end({ status: entry.record.status, outcome: gone ? "cancelled" : "hedged_out", cause, usage });
    // what a policy said of a stream that failed stays, until another is opened
    if (this.failure === null) this.#discard();
    this.#controller.abort(new HedgedOut("Another target was faster"));
    this.#release();
  }

  /** A reply that came together with the winner's. */
  drop(reply: Reply): void {
    if (reply.kind !== "stream") return;
    reply.relay.cancel();
    reply.release();
  }

  #release(more?: () => void): void {
    more?.();
    this.#shared.options.context.signal.removeEventListener("abort", this.#gone);
  }

  /** What is open of tries that failed is taken back; of whoever is still at work it stays. */
  #openTransform(): ComposedTransform | null {
    for (const lane of this.#shared.lanes) if (lane === this || lane.failure !== null) lane.#discard();
    this.#transform = this.#shared.options.openTransform(true);
    return this.#transform;
  }

  #discard(): void {
    this.#transform?.discard();
    this.#transform = null;
  }
}

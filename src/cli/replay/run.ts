import type { Config } from "../../config/config.ts";
import { createGateway } from "../../gateway/build.ts";
import type { RunningGateway } from "../../gateway/gateway.ts";
import type { Endpoint } from "../../lib/context.ts";
import { silentLogger } from "../../lib/logger.ts";
import type { ContextGuard } from "../../lib/tokens/context-guard.ts";
import type { RequestEvent } from "../../schema/event.ts";
import { SIMULATED_ENV } from "../_simulated-target.ts";
import { replayConfig, withoutTextPolicies } from "./config.ts";
import { knownOf, type RecordedVerdicts, recordedVerdicts } from "./judge.ts";
import type { Past } from "./past.ts";
import { notReplayable, requestOf } from "./request.ts";
import type { ReplaySignals } from "./signals.ts";
import { ReplayTime } from "./time.ts";
import { ReplayUpstream } from "./upstream.ts";

/** One request as it was, and as it would be. */
export interface Replayed {
  readonly before: RequestEvent;
  readonly after: RequestEvent;
  /** Verdicts that the record alone knows. */
  readonly recorded: RecordedVerdicts;
  /** True: it was not let through by such a verdict, so that nobody was asked. */
  readonly held: boolean;
  /** Whether policies that judge what is said saw its text. */
  readonly judged: boolean;
}

/** What a replay is made with. */
export interface ReplayOptions {
  readonly config: Config;
  readonly guard: ContextGuard;
  readonly past: Past;
  /** That have surveyed every request. */
  readonly signals: ReplaySignals;
  readonly onReplayed: (one: Replayed) => void;
  /** A request that cannot be asked again, and why. */
  readonly onSkipped: (event: RequestEvent, reason: string) => void;
}

/**
 * Requests of the past in a gateway of another configuration, at the moments at which they came, in a time of its own.
 * Targets are answered for from the record; nobody is called.
 */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #time: ReplayTime;
  readonly #upstream: ReplayUpstream;
  readonly #gateway: RunningGateway;
  /** For requests without their text; limits, breakers and figures are the same. */
  readonly #unread: RunningGateway;
  readonly #events = new Map<string, RequestEvent>();
  #count = 0;

  /** `startMs`: before the first request. */
  constructor(startMs: number, options: ReplayOptions) {
    const { config: given, guard, past } = options;
    this.#options = options;
    this.#time = new ReplayTime(
      startMs,
      given.providers.targets.some(({ max_context_tokens: most }) => most !== undefined),
    );
    const targets = given.providers.targets.map(({ id }) => id);
    this.#upstream = new ReplayUpstream(this.#time, targets, past);
    const config = replayConfig(given, past.keyless);
    const build = {
      services: { fetch: this.#upstream.fetch, clock: this.#time, ledger: { push() {} } },
      env: SIMULATED_ENV,
      log: silentLogger,
      guard,
      failMode: "block",
      onEvent: (event: RequestEvent) => void this.#events.set(event.id, event),
      admits: () => true,
      signals: options.signals.table,
    } as const;
    this.#gateway = createGateway({ ...build, config });
    this.#unread = createGateway({ ...build, config: withoutTextPolicies(config), previous: this.#gateway });
  }

  get configHash(): string {
    return this.#gateway.configHash;
  }

  /** Takes the next request, in the order in which they came. */
  async add(event: RequestEvent): Promise<void> {
    const reason = notReplayable(event, this.#options);
    if (reason !== null) {
      this.#options.onSkipped(event, reason);
      return;
    }
    await this.#time.goTo(event.at);
    this.#options.signals.learn(event);
    this.#time.running++;
    void this.#ask(event).finally(() => this.#time.running--);
  }

  /** Resolves when every request is over; false: some would never be. */
  finish(): Promise<boolean> {
    return this.#time.finish();
  }

  async #ask(before: RequestEvent): Promise<void> {
    const { config, past, onReplayed, onSkipped } = this.#options;
    const recorded = recordedVerdicts(config, before);
    const held = recorded.request !== null;
    const judged = !held && knownOf(before).request;
    const request = requestOf(before, { past, held });
    const id = `replay-${++this.#count}`;
    this.#upstream.open(id, before);
    try {
      const gateway = judged ? this.#gateway : this.#unread;
      const response = await gateway.answer(before.endpoint as Endpoint, request, { id, address: null });
      await response.arrayBuffer();
    } catch {
      // how it ended stands in its event
    }
    this.#upstream.close(id);
    const after = this.#events.get(id);
    this.#events.delete(id);
    // what was kept of it is no request any more
    if (after === undefined || (!held && after.outcome === "invalid_request")) onSkipped(before, "not_rebuilt");
    else onReplayed({ before, after, recorded, held: held && after.outcome === "invalid_request", judged });
  }
}

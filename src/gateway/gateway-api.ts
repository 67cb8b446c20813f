import type { Config } from "../config/config.ts";
import type { Endpoint } from "../lib/context.ts";
import type { SpendingRecord } from "../lib/spending-file.ts";
import type { PlaygroundAnswer, PlaygroundAsk } from "../schema/policies-view.ts";
import type { RegionView } from "../schema/region-view.ts";
import type { Ledger } from "../store/store.ts";

export type { RegionView };

/** What a caller's request needs besides the Request itself. */
export interface Caller {
  /** `x-request-id`, kept or made. */
  readonly id: string;
  /** The other end of its connection; null where there is none. */
  readonly address: string | null;
  /** Lifts the socket's limit against slow senders: the body is in, or the gateway keeps a limit of its own. May be repeated. */
  readonly bodyRead?: () => void;
  /** Called once when nothing more happens to the request: that limit may be set again. */
  readonly answered?: () => void;
}

/** A target as `/api/targets`, `/health` and `weir doctor` show it. */
export interface TargetView {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly models: readonly string[];
  readonly description: string | null;
  readonly base_url: string | null;
  readonly region: string | null;
  readonly available: boolean;
  /** Why it is not available: `secret missing`, `probe unhealthy`, `breaker open`, `resting`, …; null when it is. */
  readonly reason: string | null;
  readonly in_flight: number;
  /** Attempts it may have at once; null: any number. */
  readonly max_in_flight: number | null;
  /** Share of these that is taken, 0..1; null without a limit. */
  readonly saturation: number | null;
  readonly requests: number;
  readonly failures: number;
  /** How fast it answered of late (`providers.routing.window_seconds`), newer answers counting more; null: it did not. */
  readonly speed: {
    /** Chats: milliseconds to the whole answer, and to the first token of a stream. */
    readonly answer_ms: number | null;
    readonly first_token_ms: number | null;
    readonly tokens_per_second: number | null;
  };
  readonly last_error: string | null;
  /** Epoch milliseconds of the last success; null: none yet. */
  readonly last_success_at: number | null;
  readonly breaker: {
    /** `closed`, `open`, `half_open`, or `off` where the configuration has none. */
    readonly state: string;
    /** Epoch milliseconds since when; null: it has never been in another state. */
    readonly since: number | null;
    /** When an open one becomes half open. */
    readonly half_open_at: number | null;
    readonly consecutive_failures: number;
    /** Until when the target is left alone after a 429; null: it is not. */
    readonly resting_until: number | null;
    /** Its latest changes of state, newest first; `at`: epoch milliseconds. */
    readonly history: readonly {
      readonly at: number;
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }[];
  };
  /** What its health probes say; null: it has none. */
  readonly probe: {
    /** `unknown` until the first is over, `healthy`, `unhealthy`. */
    readonly state: string;
    readonly since: number | null;
    readonly consecutive_failures: number;
    /** Why the last one that failed did so. */
    readonly last_error: string | null;
    readonly latency_ms: number | null;
    readonly checked_at: number | null;
  } | null;
}

/** The health probe of one target, run by the scheduler. */
export interface ProbeTask {
  /** Differs when anything differs that a probe depends on. */
  readonly key: string;
  readonly intervalMs: number;
  /** Asks once and writes down what came; resolves to the milliseconds until the next. Never rejects. */
  run(signal: AbortSignal): Promise<number>;
}

/** One row of `GET /v1/models`. */
export interface ModelView {
  readonly id: string;
  readonly owned_by: string;
}

/** Whether `/readyz` may say yes. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not, for people; empty when ready. */
  readonly reasons: readonly string[];
}

/** One configuration at work: built whole, swapped whole, closed when its last request is done. */
export interface Gateway {
  readonly config: Config;
  /** Short SHA-256 of the effective configuration. */
  readonly configHash: string;
  /** One model request from start to finish. Rejects only with GatewayError; bodies of streams never reject. */
  answer(endpoint: Endpoint, request: Request, caller: Caller): Promise<Response>;
  targets(): readonly TargetView[];
  /**
   * What each policy of a chain, the usual one unless another is named, sees and says of a text. Nothing of it is kept.
   * Rejects with `invalid_request` for a chain that is not there.
   */
  tryPolicies(ask: PlaygroundAsk): Promise<PlaygroundAnswer>;
  /** What whoever sent these headers may ask for; null: everything. Throws as a model route does for a key that is not known. */
  models(headers: Headers | null): readonly ModelView[];
  /** The id of the consumer that sent these headers; null where callers need no key. Throws as a model route does. */
  consumer(headers: Headers): string | null;
  /**
   * Every region as whoever sent these headers may know it; null: as somebody whom nothing limits. `targets`: how they do,
   * where others know better. Throws as {@link models} does.
   */
  regions(headers: Headers | null, targets?: readonly TargetView[]): readonly RegionView[];
  /** What was spent against its budgets; null where it has none. */
  spending(): SpendingRecord | null;
  /** Its health probes; none while the gateway is switched off. */
  probes(): readonly ProbeTask[];
  readiness(): Readiness;
  /** Requests that have not been answered to the end. */
  inFlight(): number;
  /** Of these, the ones that wait for a place (`server.max_concurrency`). */
  queued(): number;
  /** Resolves when the last of its requests is done. */
  drained(): Promise<void>;
  /** Ends what is under way within a tick: callers, of streams too, are told that the gateway stops. */
  cut(): void;
}

/** What a reload came to. */
export type ReloadResult =
  | { readonly ok: true; readonly configHash: string; readonly changed: readonly string[] }
  | { readonly ok: false; readonly errors: readonly string[] };

/** The process's one live gateway and what belongs to the process rather than to a configuration. */
export interface Runtime {
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  /** When the live configuration was put in place (epoch ms), and what the last failed reload said. */
  readonly loadedAtMs: number;
  readonly lastReloadErrors: readonly string[];
  reload(): Promise<ReloadResult>;
}

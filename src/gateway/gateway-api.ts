import type { Config } from "../config/config.ts";
import type { Endpoint } from "../lib/context.ts";
import type { SpendingRecord } from "../lib/spending-file.ts";
import type { PlaygroundAnswer, PlaygroundAsk } from "../schema/views/policies-view.ts";
import type { RegionView } from "../schema/views/region-view.ts";
import type { TargetView } from "../schema/views/target-view.ts";
import type { Ledger } from "../store/store.ts";

export type { RegionView, TargetView };

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
  /** Requests that have not been answered to the end, those included that a gateway before a reload took in. */
  inFlight(): number;
  /** Requests among {@link inFlight} that wait for a place (`server.max_concurrency`). */
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

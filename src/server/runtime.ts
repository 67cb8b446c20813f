import type { Config } from "../config/config.ts";
import type { LoadResult } from "../config/load.ts";
import { showProblem } from "../config/problem.ts";
import type { Gateway, ReloadResult, Runtime } from "../gateway/gateway-api.ts";
import type { Clock } from "../lib/clock.ts";
import { isObject, type JsonPath, memberOf, showPath } from "../lib/json/json.ts";
import type { Logger } from "../lib/logger.ts";
import type { Ledger } from "../store/store.ts";

/** Settings that only a new process can take on. */
const NEEDS_RESTART = [
  "server.listen",
  "server.workers",
  "server.idle_timeout_seconds",
  "server.keep_alive_timeout_seconds",
  "receipts.key_ref",
  "store",
  "telemetry.log.format",
];

/** How many changed paths a reload names. */
const MAX_CHANGES = 100;

/** What a runtime works with. */
export interface RuntimeParts<G extends Gateway> {
  /** Reads the configuration again, from the files, variables and flags of the start. */
  readonly load: () => LoadResult;
  /** Builds a gateway whole; `previous` lends its live state. May throw: then nothing changes. */
  readonly build: (config: Config, previous: G | null) => G;
  /** Called with every configuration that was put in force. */
  readonly onSwap: (config: Config) => void;
  /** Called after every reload, whether or not it was followed. */
  readonly onReloaded: (ok: boolean) => void;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The live gateway of a process. A reload builds a whole new one and swaps one reference: requests under way finish on
 * the old one, an invalid configuration changes nothing.
 */
export class LiveRuntime<G extends Gateway> implements Runtime {
  readonly ledger: Ledger;
  readonly #parts: RuntimeParts<G>;
  #gateway: G;
  #loadedAtMs: number;
  #lastReloadErrors: readonly string[] = [];
  /** Replaced, and not yet done with their last request. */
  readonly #retired = new Set<G>();

  /** Builds the first gateway; throws what `build` throws. */
  constructor(config: Config, parts: RuntimeParts<G>) {
    this.#parts = parts;
    this.ledger = parts.ledger;
    this.#gateway = parts.build(config, null);
    this.#loadedAtMs = parts.clock.now();
    parts.onSwap(config);
  }

  get gateway(): G {
    return this.#gateway;
  }

  get loadedAtMs(): number {
    return this.#loadedAtMs;
  }

  get lastReloadErrors(): readonly string[] {
    return this.#lastReloadErrors;
  }

  async reload(): Promise<ReloadResult> {
    const { load, log } = this.#parts;
    const before = this.#gateway.config;
    const loaded = load();
    if (!loaded.ok)
      return this.#refuse(loaded.problems.filter(({ severity }) => severity === "error").map(showProblem));
    const { config } = loaded;
    const old = this.#gateway;
    const stuck = stuckPaths(before, config);
    if (stuck.length > 0) return this.#refuse([`${stuck.join(", ")}: changed, and only a restart can take it on`]);
    try {
      this.#gateway = this.#parts.build(config, old);
    } catch (error) {
      return this.#refuse([`the new configuration could not be put in force: ${(error as Error).message}`]);
    }
    this.#retired.add(old);
    void old.drained().then(() => this.#retired.delete(old));
    this.#loadedAtMs = this.#parts.clock.now();
    this.#lastReloadErrors = [];
    this.#parts.onSwap(config);
    for (const problem of loaded.problems) log.warn({ code: problem.code, path: problem.path }, problem.message);
    const changed = changedPaths(before, config);
    log.info({ config: this.#gateway.configHash, changed }, "configuration reloaded");
    this.#parts.onReloaded(true);
    return { ok: true, configHash: this.#gateway.configHash, changed };
  }

  /** Resolves when the last request is done, also of the gateways that were replaced. */
  async drained(): Promise<void> {
    await Promise.all([...this.#retired, this.#gateway].map((gateway) => gateway.drained()));
  }

  /** Ends what is under way, also of the gateways that were replaced. */
  cut(): void {
    for (const gateway of [...this.#retired, this.#gateway]) gateway.cut();
  }

  #refuse(errors: readonly string[]): ReloadResult {
    this.#lastReloadErrors = errors;
    this.#parts.onReloaded(false);
    this.#parts.log.error({ errors, config: this.#gateway.configHash }, "reload refused, the old configuration stays");
    return { ok: false, errors };
  }
}

/** Settings that differ and that only a new process can take on: a reload refuses them. */
export function stuckPaths(before: Config, after: Config): string[] {
  return NEEDS_RESTART.filter((path) => !Bun.deepEquals(at(before, path), at(after, path)));
}

function at(config: Config, path: string): unknown {
  let value: unknown = config;
  for (const step of path.split(".")) value = memberOf(value, step);
  return value;
}

/** The paths of values that differ, at most {@link MAX_CHANGES}; of lists whose length differs only the list's. */
export function changedPaths(before: unknown, after: unknown): string[] {
  const changed: string[] = [];
  const compare = (a: unknown, b: unknown, path: JsonPath): void => {
    if (changed.length >= MAX_CHANGES || Bun.deepEquals(a, b)) return;
    if (isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) compare(a[key], b[key], [...path, key]);
    } else if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
      for (const [index, item] of a.entries()) compare(item, b[index], [...path, index]);
    } else changed.push(showPath(path));
  };
  compare(before, after, []);
  return changed;
}

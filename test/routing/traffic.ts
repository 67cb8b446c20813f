import { Average } from "../../src/gateway/targets/target-stats.ts";
import { latency } from "../../src/routing/latency.ts";
import { aCandidate, aContext } from "./candidates.ts";

/** What a target does with a request that comes in at this moment: answer after so long, or fail after so long. */
export type Script = (nowMs: number) => number | { readonly failsAfterMs: number };

/** Requests to a pool under `latency`, in time that passes as fast as it is wanted; measures are the gateway's own. */
export class Traffic {
  readonly #scripts: Record<string, Script>;
  readonly #measures = new Map<string, Average>();
  readonly #options: { readonly windowMs: number; readonly minSampleCount: number; readonly explorers: number };
  #pending: { readonly atMs: number; readonly tell: () => void }[] = [];
  #turn = 0;
  nowMs = 0;

  constructor(
    scripts: Readonly<Record<string, Script>>,
    options: { windowMs?: number; minSampleCount?: number; explorers?: number } = {},
  ) {
    this.#scripts = { ...scripts };
    this.#options = { windowMs: 300_000, minSampleCount: 5, explorers: 1, ...options };
    for (const id of Object.keys(scripts)) this.#measures.set(id, new Average(true));
  }

  /** From now on that target does something else. */
  change(id: string, script: Script): void {
    this.#scripts[id] = script;
  }

  /** Lets time pass; what ends until then is told. */
  pass(ms: number): void {
    const until = this.nowMs + ms;
    this.#pending.sort((a, b) => a.atMs - b.atMs);
    while (this.#pending[0] !== undefined && this.#pending[0].atMs <= until) {
      const next = this.#pending.shift()!;
      this.nowMs = next.atMs;
      next.tell();
    }
    this.nowMs = until;
  }

  /** One request: whom it went to, and how long it takes. */
  ask(): { readonly id: string; readonly tookMs: number } {
    const { windowMs, minSampleCount, explorers } = this.#options;
    const eligible = [...this.#measures].map(([id, measure], position) =>
      aCandidate(id, position, { latency: measure }),
    );
    const context = aContext({ turn: this.#turn++, nowMs: this.nowMs, windowMs, minSampleCount, explorers });
    const { id } = latency.pick(eligible, context).order[0]!;
    const measure = this.#measures.get(id)!;
    const what = this.#scripts[id]!(this.nowMs);
    const tookMs = typeof what === "number" ? what : what.failsAfterMs;
    measure.begin(this.nowMs);
    const tell = (): void => {
      if (typeof what === "number") measure.observe(tookMs, this.nowMs, windowMs);
      else measure.fail(tookMs, this.nowMs, windowMs);
    };
    this.#pending.push({ atMs: this.nowMs + tookMs, tell });
    return { id, tookMs };
  }

  /** So many requests, each after the answer to the one before. */
  oneByOne(count: number): string[] {
    return Array.from({ length: count }, () => {
      const { id, tookMs } = this.ask();
      this.pass(tookMs);
      return id;
    });
  }

  /** So many requests a second for so many seconds, whether the earlier ones are answered or not. */
  steady(perSecond: number, seconds: number): string[] {
    return Array.from({ length: Math.round(perSecond * seconds) }, () => {
      const { id } = this.ask();
      this.pass(1_000 / perSecond);
      return id;
    });
  }
}

/** The share of requests that went to one of them. */
export const shareOf = (id: string, asked: readonly string[]): number =>
  asked.filter((each) => each === id).length / asked.length;

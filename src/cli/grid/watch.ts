import type { Config } from "../../config/config.ts";
import { freshnessRules, type GridPlan } from "../../config/grid-plans.ts";
import { GridBook } from "../../gateway/carbon/grid-book.ts";
import { createPace } from "../../gateway/carbon/read-grid.ts";
import { systemClock } from "../../lib/clock.ts";
import { silentLogger } from "../../lib/logger.ts";
import { pause } from "../../lib/pause.ts";
import { refreshSource } from "../../scheduler/grid-refresh.ts";
import type { Io } from "../command.ts";
import { styleFor } from "../terminal/style.ts";
import { gridTable } from "./table.ts";

/** A screen that nothing changes on is drawn again so often: ages grow. */
const REDRAW_MS = 30_000;

/** One watching: sources are asked at their own intervals until somebody stops it. */
export class GridWatch {
  readonly #plans: readonly GridPlan[];
  readonly #io: Io;
  readonly #grid: GridBook;
  readonly #zones: readonly string[];
  readonly #said = new Map<string, string>();
  readonly #told = new Set<string>();
  readonly #pace = createPace(systemClock);

  constructor(config: Config, plans: readonly GridPlan[], io: Io) {
    this.#plans = plans;
    this.#io = io;
    this.#grid = new GridBook(freshnessRules(config));
    this.#grid.follow(plans, freshnessRules(config));
    this.#zones = [...new Set(plans.flatMap((plan) => plan.zones))];
  }

  /** Resolves to the exit code: 1 where no source at all could be had in the one round of `once`. */
  async run({ once, json }: { once: boolean; json: boolean }): Promise<number> {
    const stop = new AbortController();
    const release = this.#io.onStop(() => {
      release();
      stop.abort(new Error("stopped"));
    });
    const show = json ? () => this.#lines() : () => this.#table(once);
    try {
      const first = await Promise.all(this.#plans.map((plan) => this.#ask(plan, stop.signal)));
      if (!stop.signal.aborted) show();
      this.#faults();
      if (once) return this.#grid.sources().every(({ state }) => state === "failing") ? 1 : 0;
      const loops = this.#plans.map((plan, at) => this.#keep(plan, { firstMs: first[at]!, stop: stop.signal, show }));
      if (!json) loops.push(this.#redraw(stop.signal, show));
      await Promise.all(loops);
      return 0;
    } finally {
      release();
    }
  }

  #ask(plan: GridPlan, signal: AbortSignal): Promise<number> {
    const own = { env: this.#io.env, grid: this.#grid, pace: this.#pace };
    return refreshSource(plan, { ...own, clock: systemClock, log: silentLogger, fetch }, signal);
  }

  async #keep(plan: GridPlan, run: { firstMs: number; stop: AbortSignal; show: () => void }): Promise<void> {
    let waitMs = run.firstMs;
    while (await slept(waitMs, run.stop)) {
      waitMs = await this.#ask(plan, run.stop);
      if (run.stop.aborted) return;
      run.show();
      this.#faults();
    }
  }

  async #redraw(stop: AbortSignal, show: () => void): Promise<void> {
    while (await slept(REDRAW_MS, stop)) if (this.#io.terminal.out) show();
  }

  #table(once: boolean): void {
    const nowMs = systemClock.now();
    const style = styleFor(this.#io.terminal.out, this.#io.env);
    const rows = this.#zones.map((zone) => this.#grid.zone(zone, nowMs));
    const clear = this.#io.terminal.out && !once ? "\x1b[H\x1b[2J" : "";
    this.#io.out(`${clear}${gridTable(rows, style)}\n`);
  }

  #lines(): void {
    const nowMs = systemClock.now();
    for (const zone of this.#zones) {
      const row = this.#grid.zone(zone, nowMs);
      const { source, observed_at: observedAt, gco2_per_kwh: grams, temporal_match: match } = row.signal ?? {};
      const key = JSON.stringify([source, observedAt, grams, match, row.is_operational]);
      if (this.#said.get(zone) === key) continue;
      this.#said.set(zone, key);
      this.#io.out(`${JSON.stringify(row)}\n`);
    }
  }

  /** Each fault of a source is told once, on stderr. */
  #faults(): void {
    for (const { source, last_error: why } of this.#grid.sources()) {
      if (why === null || this.#told.has(`${source} ${why}`)) continue;
      this.#told.add(`${source} ${why}`);
      this.#io.err(`${why}\n`);
    }
  }
}

/** Waits; false where somebody stopped it. */
async function slept(ms: number, stop: AbortSignal): Promise<boolean> {
  await pause(ms, systemClock, stop);
  return !stop.aborted;
}

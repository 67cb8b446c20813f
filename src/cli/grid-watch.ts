import type { Config } from "../config/config.ts";
import { freshnessRules, type GridPlan, gridPlans } from "../config/grid-plans.ts";
import { GridBook } from "../gateway/carbon/grid-book.ts";
import { createPace } from "../gateway/carbon/read-grid.ts";
import { systemClock } from "../lib/clock.ts";
import { silentLogger } from "../lib/logger.ts";
import { nearest } from "../lib/nearest.ts";
import { pause } from "../lib/pause.ts";
import { refreshSource } from "../scheduler/grid-refresh.ts";
import type { Command, Io } from "./command.ts";
import { gridTable, zoneRow } from "./grid/table.ts";
import { usageError } from "./terminal/arguments.ts";
import { loadOrTell, POLICY_CONFIG_FLAG } from "./terminal/config-source.ts";
import { listFlag } from "./terminal/flags.ts";
import { styleFor } from "./terminal/style.ts";

/** A screen that nothing changes on is drawn again so often: ages grow. */
const REDRAW_MS = 30_000;

/** `weir grid watch`: asks the configured sources and shows the signals as they come. */
export const gridWatch: Command<"grid watch"> = {
  name: "grid watch",
  summary: "Show the grids' current signals, with age and class",
  positionals: "[ZONE…]",
  options: {
    ...POLICY_CONFIG_FLAG,
    once: { type: "boolean", help: "Ask every source once, print, and end" },
    json: { type: "boolean", help: "Print JSON, a line for each zone whenever its signal changes" },
  },
  example: "weir grid watch FR SE-SE3 IS --policy-config policy-config.yaml",
  async run(args, io) {
    const loaded = loadOrTell(listFlag(args, "policy-config"), {}, io);
    if (loaded === null) return 2;
    const plans = chosen(loaded.config, args.positionals);
    if (plans.length === 0) {
      io.err("There is nothing to watch: carbon.sources lists no source, or none that knows these zones.\n");
      return 1;
    }
    const watch = new GridWatch(loaded.config, plans, io);
    return watch.run({ once: args.flags["once"] === true, json: args.flags["json"] === true });
  },
};

/** The sources with the zones that were asked for; all of them where none was named. Throws for a zone nobody knows. */
function chosen(config: Config, zones: readonly string[]): readonly GridPlan[] {
  const plans = gridPlans(config);
  if (zones.length === 0) return plans;
  const known = [...new Set(plans.flatMap((plan) => plan.zones))];
  for (const zone of zones)
    if (!known.includes(zone)) {
      const near = nearest(zone, known)[0];
      const hint = near === undefined ? "" : ` Did you mean ${near}?`;
      const list = known.length === 0 ? "none" : known.join(", ");
      throw usageError(`No source of this configuration is asked for the zone "${zone}"; zones: ${list}.${hint}`);
    }
  return plans.flatMap((plan) => {
    const wanted = plan.zones.filter((zone) => zones.includes(zone));
    return wanted.length === 0 ? [] : [{ ...plan, zones: wanted }];
  });
}

/** One watching: sources are asked at their own intervals until somebody stops it. */
class GridWatch {
  readonly #plans: readonly GridPlan[];
  readonly #io: Io;
  readonly #grid: GridBook;
  readonly #zones: readonly string[];
  readonly #said = new Map<string, string>();
  readonly #told = new Set<string>();

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

  readonly #pace = createPace(systemClock);

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
    const rows = this.#zones.map((zone) => zoneRow(zone, this.#grid.table, nowMs));
    const clear = this.#io.terminal.out && !once ? "\x1b[H\x1b[2J" : "";
    this.#io.out(`${clear}${gridTable(rows, style)}\n`);
  }

  #lines(): void {
    const nowMs = systemClock.now();
    for (const zone of this.#zones) {
      const row = zoneRow(zone, this.#grid.table, nowMs);
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

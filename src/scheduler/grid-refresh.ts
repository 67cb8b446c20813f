import type { Config } from "../config/config.ts";
import { freshnessRules, type GridPlan, gridPlans } from "../config/grid-plans.ts";
import { createPace, readGrid } from "../gateway/carbon/read-grid.ts";
import type { GridReading } from "../grid/source.ts";
import { MINUTE_MS } from "../lib/durations.ts";
import { type GatewayError, toGatewayError } from "../lib/errors.ts";
import type { Job, JobContext } from "./job.ts";

/** The first wait after a failure; doubled by each further one. */
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 30 * MINUTE_MS;
/** Waits are made up to a tenth shorter, and what a service asks for must not be. */
const AGAINST_JITTER = 10 / 9;

/**
 * Asks every grid source at the start and then at its own interval. A source that fails is asked again soon, then ever
 * more seldom; what it said last stays. Requests only read the table.
 */
export const gridRefresh: Job<"grid-refresh"> = {
  name: "grid-refresh",
  create(context) {
    const { grid, runtime, clock } = context;
    if (grid === null) return [];
    const { config } = runtime.gateway;
    const plans = gridPlans(config);
    grid.follow(plans, freshnessRules(config));
    const pace = createPace(clock);
    return plans.map((plan) => ({
      key: plan.key,
      intervalMs: plan.refreshMs,
      atOnce: true,
      run: (signal) => refreshSource(plan, { ...context, grid, pace }, signal),
    }));
  },
};

/** What a refresh works with. */
export interface RefreshContext extends Pick<JobContext, "clock" | "env" | "fetch" | "log"> {
  readonly grid: NonNullable<JobContext["grid"]>;
  readonly pace: ReturnType<typeof createPace>;
}

/**
 * Reads the sources that ask nobody, so that the first request already knows what stands in the configuration: with
 * several workers it may be served before the jobs begin. Never rejects.
 */
export async function readOwnValues(config: Config, context: Omit<RefreshContext, "pace">): Promise<void> {
  const plans = gridPlans(config);
  context.grid.follow(plans, freshnessRules(config));
  const parts = { ...context, pace: createPace(context.clock) };
  const { signal } = new AbortController();
  const own = plans.filter(({ source }) => source.baseUrl === null);
  await Promise.all(own.map((plan) => refreshSource(plan, parts, signal)));
}

/** Asks one source once and writes down what came; resolves to the milliseconds until the next time. Never rejects. */
export async function refreshSource(plan: GridPlan, context: RefreshContext, signal: AbortSignal): Promise<number> {
  const waitMs = await turn(plan, context, signal);
  if (!signal.aborted) context.grid.next(plan.key, context.clock.now() + waitMs);
  return waitMs;
}

async function turn(plan: GridPlan, context: RefreshContext, signal: AbortSignal): Promise<number> {
  const { grid, clock, env, log, pace, fetch } = context;
  const before = grid.lastError(plan.key);
  const source = plan.source.name;
  let reading: GridReading;
  try {
    reading = await readGrid(plan, { fetch, clock, signal, pace, env });
  } catch (thrown) {
    if (signal.aborted) return plan.refreshMs;
    const error = toGatewayError(thrown);
    const times = grid.failed(plan.key, error, clock.now());
    if (error.message !== before) log.warn({ source, code: error.code, why: error.message }, "a grid source fails");
    return waitAfter(error, times, plan);
  }
  if (signal.aborted) return plan.refreshMs;
  grid.took(plan.key, reading, clock.now());
  const { faults, signals } = reading;
  if (faults.length === 0) {
    if (before !== null) log.info({ source, signals: signals.length }, "a grid source answers again");
    return plan.refreshMs;
  }
  for (const { zone, error } of faults)
    if (before?.includes(error.message) !== true) log.warn({ source, zone, why: error.message }, "a grid source fails");
  return Math.max(plan.refreshMs, ...faults.map(({ error }) => (error.details.retryAfterMs ?? 0) * AGAINST_JITTER));
}

function waitAfter({ code, details }: GatewayError, times: number, { refreshMs }: GridPlan): number {
  const first = code === "upstream_auth_failed" ? refreshMs : Math.min(FIRST_WAIT_MS, refreshMs);
  const waitMs = Math.min(first * 2 ** Math.min(times - 1, 20), Math.max(LONGEST_WAIT_MS, refreshMs));
  return Math.max(waitMs, (details.retryAfterMs ?? 0) * AGAINST_JITTER);
}

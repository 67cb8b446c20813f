import type { Config } from "../../config/config.ts";
import { systemClock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";
import { silentLogger } from "../../lib/logger.ts";
import { openCounters } from "../../store/counters/open-counters.ts";
import { visitLedger } from "../../store/ledger/open.ts";
import type { Check } from "./check.ts";

/** Asks the servers that keep the ledger and the counters, where the configuration names any. */
export async function checkStores({ store }: Config): Promise<readonly Check[]> {
  const checks = await Promise.all([
    /^postgres(?:ql)?:/i.test(store.url) ? checkLedger(store.url) : null,
    store.counters.url === "memory:" ? null : checkCounters(store.counters.url),
  ]);
  return checks.filter((check) => check !== null);
}

async function checkLedger(url: string): Promise<Check> {
  const name = "ledger";
  const started = performance.now();
  const answers = (detail: string): Check => ({
    name,
    status: "ok",
    detail,
    ms: Math.round(performance.now() - started),
  });
  try {
    // a ledger on a server has nothing in the state directory
    const ledger = visitLedger(url, "");
    try {
      const head = await ledger.head();
      return answers(`the server of store.url answers; ${head?.seq ?? 0} rows`);
    } finally {
      await ledger.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    if (thrown.code === "not_found")
      return answers("the server of store.url answers; the first start makes its tables");
    return { name, status: "broken", detail: thrown.message };
  }
}

async function checkCounters(url: string): Promise<Check> {
  let reason = "it cannot be used";
  const error = (fields: { reason?: unknown }): void => {
    reason = String(fields.reason);
  };
  const log = { ...silentLogger, error };
  const started = performance.now();
  const counters = await openCounters({ url, onError: "local", clock: systemClock, log, before: {} });
  const { failing } = counters.stats();
  await counters.close();
  const ms = Math.round(performance.now() - started);
  return failing
    ? { name: "counters", status: "broken", detail: `the server of store.counters.url cannot be used: ${reason}` }
    : { name: "counters", status: "ok", detail: "the server of store.counters.url answers", ms };
}

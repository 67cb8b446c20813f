import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type Clock, systemClock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/logger.ts";
import { stores } from "../index.ts";
import type { ChainedLedger, OpenOptions, Store } from "../store.ts";

/** `store.url` where the configuration names none. */
export const DEFAULT_LEDGER = "sqlite:ledger.db";

/** The file behind a `sqlite:` URL: relative paths lie below the state directory; `sqlite:///PATH` is `sqlite:/PATH`. */
export function ledgerPath(url: string, stateDir: string): string {
  const location = url.slice(url.indexOf(":") + 1);
  return resolve(stateDir, location.startsWith("//") ? location.slice(2) : location);
}

function storeOf(url: string): Store {
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0].toLowerCase();
  const name = scheme === "postgresql" ? "postgres" : scheme;
  const store = Object.values<Store>(stores).find((each) => each.name === name);
  const empty = store?.name === "sqlite" && /^sqlite:(?:\/\/)?$/i.test(url);
  if (store !== undefined && !empty) return store;
  const given = empty
    ? `"${url}" names no file`
    : scheme === undefined
      ? "it has no scheme"
      : `"${scheme}:" is not served`;
  throw new GatewayError(
    "service_unavailable",
    `The ledger of store.url could not be opened, ${given}: sqlite:PATH, postgres://… and memory: are accepted`,
  );
}

/**
 * Opens the ledger of this process as its one owner: creates it, brings an old one to the newest version, and starts a
 * new chain after a crash. Throws GatewayError when it is locked by another gateway, damaged, newer, or not writable.
 */
export function openLedger(url: string, stateDir: string, clock: Clock = systemClock): ChainedLedger {
  return openAs(url, { clock, role: "own", stateDir });
}

/**
 * Whether the ledger's store answers. Where it does not, `refuse` keeps the gateway from starting (throws), and
 * `continue` lets it start: its queue tries again until the store is there.
 */
export async function reachLedger(
  ledger: ChainedLedger,
  { onError, log }: { readonly onError: "continue" | "refuse"; readonly log: Logger },
): Promise<void> {
  try {
    await ledger.head();
  } catch (err) {
    if (onError === "refuse") throw err;
    log.error({ err }, "The ledger cannot be reached: requests go on, as store.on_error says");
  }
}

/** Opens a ledger beside the gateway that owns it, for a command. Throws GatewayError where there is none. */
export function visitLedger(url: string, stateDir: string, clock: Clock = systemClock): ChainedLedger {
  const store = storeOf(url);
  const path = ledgerPath(url, stateDir);
  if (store.name === "memory") {
    throw new GatewayError(
      "not_found",
      "A ledger in memory can only be read from its gateway, at /api/events: name a sqlite: one",
    );
  }
  if (store.name === "sqlite" && !isThere(path)) {
    throw new GatewayError(
      "not_found",
      `There is no ledger at "${path}": name the gateway's state directory with --state-dir, or its store.url with --store`,
    );
  }
  return openAs(url, { clock, role: "visit", stateDir });
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    if (code !== "EACCES") return false;
    throw new GatewayError(
      "service_unavailable",
      `The ledger "${path}" may not be read by this user: run the command as the user of the gateway`,
      { cause: thrown },
    );
  }
}

function openAs(url: string, options: OpenOptions): ChainedLedger {
  const store = storeOf(url);
  return store.open(store.name === "sqlite" ? ledgerPath(url, options.stateDir) : url, options);
}

import type { GridPlan } from "../../config/grid-plans.ts";
import { resolveSecret, showSecretRef } from "../../config/secret-ref.ts";
import type { GridReading, GridServices } from "../../grid/source.ts";
import type { Clock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";
import { after } from "../../lib/pause.ts";
import type { Env } from "../targets/make-target.ts";

/** What reading needs of the process. */
export type ReadServices = Omit<GridServices, "timeoutMs"> & { readonly env: Env };

/** Asks one source once. Rejects with GatewayError only; its message holds neither key nor address. */
export async function readGrid(plan: GridPlan, { env, ...services }: ReadServices): Promise<GridReading> {
  const { source, zones, baseUrl, secretRef, options, averages, timeoutMs } = plan;
  const key = secretRef === null ? null : resolveSecret(secretRef, { env });
  if (secretRef !== null && key === null)
    throw new GatewayError("upstream_auth_failed", `${source.name}: ${showSecretRef(secretRef)} is missing or empty`);
  try {
    return await source.read({ zones, baseUrl, key, options, averages }, { ...services, timeoutMs });
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    // whatever it says may hold what came from outside
    throw new GatewayError("upstream_invalid_answer", `${source.name}: its answer could not be read`);
  }
}

/** Hands out turns: to each host one request in so many milliseconds, whoever asks. */
export function createPace(clock: Clock): GridServices["pace"] {
  const free = new Map<string, number>();
  return async (host, spacingMs) => {
    const nowMs = clock.monotonic();
    const atMs = Math.max(nowMs, free.get(host) ?? 0);
    free.set(host, atMs + spacingMs);
    if (atMs > nowMs) await after(atMs - nowMs, clock);
  };
}

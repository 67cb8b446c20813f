import type { Config } from "../../config/config.ts";
import { resolveSecret } from "../../config/secret-ref.ts";
import { hashToken, makeToken, storedHash, storeToken, watchedHash } from "../../server/admin-token.ts";
import type { Io } from "../command.ts";
import { styleFor } from "../terminal/style.ts";

/** The hashes of the tokens in force, read anew each time: for the admin API, and for metrics. */
export function tokenHashes(config: () => Config, directory: string, io: Io) {
  const stored = watchedHash(directory);
  const hashOf = (ref: Config["server"]["admin_token_ref"]): Uint8Array | null => {
    const token = ref === undefined ? null : resolveSecret(ref, { env: io.env });
    return token === null ? null : hashToken(token.reveal());
  };
  return {
    adminHash: () => {
      const ref = config().server.admin_token_ref;
      return ref === undefined ? stored() : hashOf(ref);
    },
    metricsHash: () => hashOf(config().telemetry.metrics.token_ref),
  };
}

/** At the first start in front of a person: makes the admin token and shows it this once. */
export function firstToken(directory: string, io: Io): void {
  if (!io.terminal.err || storedHash(directory) !== null) return;
  const token = makeToken();
  storeToken(directory, token);
  const style = styleFor(io.terminal.err, io.env);
  io.err(
    `Admin token for /console and /api, shown this once (weir admin token --rotate makes another):\n  ${style.bold(token)}\n`,
  );
}

import { statSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { GatewayError } from "../../lib/errors.ts";
import { openStateDir, type StateDirSource, stateDir } from "../../lib/state-dir.ts";
import { storedHash } from "../../server/admin-token.ts";
import type { Check } from "./check.ts";

/** Whether the state directory is there, can be written, and belongs to this user alone. */
export function checkState(config: Config, source: StateDirSource): Check {
  if (config.store.url === "memory:") {
    return { name: "state directory", status: "ok", detail: "not needed: the ledger is kept in memory" };
  }
  try {
    const directory = openStateDir(source);
    if (isOpenToAll(directory)) {
      const detail = `every user of this machine may put files into ${directory}, an admin token of theirs too: chmod go-w`;
      return { name: "state directory", status: "warning", detail };
    }
    const token = storedHash(directory) === null ? ", no admin token yet (weir admin token)" : "";
    return { name: "state directory", status: "ok", detail: `${directory} is writable${token}` };
  } catch (error) {
    const detail = error instanceof GatewayError ? error.message : `${stateDir(source)} cannot be used`;
    return { name: "state directory", status: "broken", detail };
  }
}

/** Whoever may write into a folder may replace the files in it, whatever their own modes; a sticky bit keeps those. */
function isOpenToAll(directory: string): boolean {
  return (statSync(directory).mode & 0o1002) === 0o0002;
}

import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { GatewayError } from "./errors.ts";

/** What says where the state directory is. */
export interface StateDirSource {
  /** `--state-dir`, if it was given. */
  readonly flag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Where the state directory is, without touching it: the flag, `WEIR_STATE_DIR`, `$XDG_STATE_HOME/weir` (an absolute
 * path, as the XDG Base Directory Specification demands), `~/.local/state/weir` where there is a home, else `./.weir`.
 * What is empty counts as not given. Relative paths of the first two start at the working directory.
 */
export function stateDir({ flag, env, cwd }: StateDirSource): string {
  const given = flag || env["WEIR_STATE_DIR"];
  if (given) return resolve(cwd, given);
  const xdg = env["XDG_STATE_HOME"];
  if (xdg && isAbsolute(xdg)) return join(xdg, "weir");
  const home = env["HOME"];
  if (home && isAbsolute(home) && isFolder(home)) return join(home, ".local", "state", "weir");
  return join(cwd, ".weir");
}

/**
 * The state directory, created with mode 0700 where it is missing and known to be writable. Throws GatewayError
 * naming the ways out where it is not.
 */
export function openStateDir(source: StateDirSource): string {
  const path = stateDir(source);
  const probe = join(path, `.probe-${process.pid}`);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(probe, "weir", { mode: 0o600 });
    rmSync(probe);
    return path;
  } catch (cause) {
    leave(probe);
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new GatewayError(
      "service_unavailable",
      `The state directory "${path}" is not writable${code}: name another with --state-dir DIR or WEIR_STATE_DIR, or keep nothing on disk with store.url: memory:`,
      { cause },
    );
  }
}

/** A full disk takes the name of a file and none of its bytes. */
function leave(probe: string): void {
  try {
    rmSync(probe, { force: true });
  } catch {
    // it could not be made either
  }
}

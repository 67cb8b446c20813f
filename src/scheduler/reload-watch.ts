import { statSync } from "node:fs";
import { secretFiles } from "../config/secret-ref.ts";
import type { Job } from "./job.ts";

/** How often the files are looked at; an editor's several writes fall into one wait or two. */
const INTERVAL_MS = 500;

/** What each file looked like. */
type Look = ReadonlyMap<string, string>;

/**
 * Reloads when a configuration file, or one that a secret is read from, has changed (`--watch`) and then stayed the same
 * for one look. It asks for size, time and inode, so it also sees editors that replace the file and mounted volumes that
 * swap a symbolic link.
 */
export const reloadWatch: Job<"reload-watch"> = {
  name: "reload-watch",
  create({ runtime, watched, log }) {
    if (watched.length === 0) return [];
    const look = (before: Look): Look => {
      const secrets = [...secretFiles(runtime.gateway.config)].filter((file) => !watched.includes(file));
      // a secret that is being put in the place of another is not there for a moment: the old one goes on
      const kept = secrets.map((file) => [file, fingerprint(file) ?? before.get(file) ?? AWAY] as const);
      return new Map([...watched.map((file) => [file, fingerprint(file) ?? AWAY] as const), ...kept]);
    };
    let live = look(new Map());
    let last = live;
    const run = async (): Promise<void> => {
      const now = look(last);
      const settled = changed(last, now).length === 0;
      const files = changed(live, now);
      last = now;
      // what a reload that was asked for brought has not changed since
      live = new Map([...now, ...live]);
      if (!settled || files.length === 0) return;
      live = now;
      log.info({ files }, "a file of the configuration has changed");
      await runtime.reload();
    };
    return [{ key: "files", intervalMs: INTERVAL_MS, atOnce: false, run }];
  },
};

/** A file that was not looked at before has not changed. */
function changed(before: Look, now: Look): string[] {
  return [...now.keys()].filter((file) => before.has(file) && before.get(file) !== now.get(file));
}

/** What a file looks like that is away or out of reach: content of its own, so that it is read when it is back. */
const AWAY = "away";

function fingerprint(file: string): string | null {
  try {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  } catch {
    return null;
  }
}

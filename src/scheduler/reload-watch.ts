import { statSync } from "node:fs";
import type { Job } from "./job.ts";

/** How often the files are looked at; an editor's several writes fall into one wait or two. */
const INTERVAL_MS = 500;

/**
 * Reloads when a configuration file has changed (`--watch`) and then stayed the same for one look. It asks for size,
 * time and inode, so it also sees editors that replace the file and mounted volumes that swap a symbolic link.
 */
export const reloadWatch: Job<"reload-watch"> = {
  name: "reload-watch",
  create({ runtime, watched, log }) {
    if (watched.length === 0) return [];
    let live = fingerprint(watched);
    let last = live;
    const run = async (): Promise<void> => {
      const now = fingerprint(watched);
      const settled = now === last;
      last = now;
      if (!settled || now === live) return;
      live = now;
      log.info({ files: watched }, "a configuration file has changed");
      await runtime.reload();
    };
    return [{ key: "files", intervalMs: INTERVAL_MS, atOnce: false, run }];
  },
};

/** A file that is away for a moment, or out of reach, counts as unchanged content of its own: it is read when it is back. */
function fingerprint(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const stat = statSync(file, { bigint: true });
        return `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
      } catch {
        return "missing";
      }
    })
    .join("|");
}

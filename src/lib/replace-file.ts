import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Replaces a file in one step: a reader sees the old one or the new one, and a crash leaves one of them. Only the owner
 * may read it unless `mode` says otherwise. Throws what the disk throws.
 */
export function replaceFile(path: string, text: string, mode = 0o600): void {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, text, { mode });
    // a draft that was left behind keeps the mode it had
    chmodSync(draft, mode);
    renameSync(draft, path);
  } catch (thrown) {
    // every process has a draft of its own: on a disk that is full each would stay
    rmSync(draft, { force: true });
    throw thrown;
  }
}

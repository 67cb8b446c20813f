import { chmodSync, renameSync, writeFileSync } from "node:fs";

/**
 * Replaces a file in one step: a reader sees the old one or the new one, and a crash leaves one of them. Only the owner
 * may read it unless `mode` says otherwise. Throws what the disk throws.
 */
export function replaceFile(path: string, text: string, mode = 0o600): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode });
  // a draft that was left behind keeps the mode it had
  chmodSync(draft, mode);
  renameSync(draft, path);
}

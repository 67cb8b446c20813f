import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh folder that any user may enter. It goes with the run: `test/setup.ts` removes all that tests leave behind. */
export function emptyFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "weir-"));
  chmodSync(path, 0o755);
  return path;
}

/** `bun run evaluate`: every script in `scripts/evaluate`, one after the other; each measures one detector. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dir, "evaluate");
let failed = false;
for (const file of readdirSync(FOLDER).sort()) {
  console.log(`\n## ${file.replace(/\.ts$/, "")}\n`);
  const { exitCode } = Bun.spawnSync(["bun", join(FOLDER, file)], { stdout: "inherit", stderr: "inherit" });
  failed ||= exitCode !== 0;
}
process.exit(failed ? 1 : 0);

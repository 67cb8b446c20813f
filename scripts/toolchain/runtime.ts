import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { dependencies } from "./package.json";

const PACKAGES = {
  "linux-x64": { cpu: "x64", name: "@oven/bun-linux-x64" },
  "linux-arm64": { cpu: "arm64", name: "@oven/bun-linux-aarch64" },
} as const;

/**
 * The pinned Bun for another machine, as a path. `bun build` would fetch it by itself, but from a fixed address and
 * unchecked; npm takes it from the configured registry and holds it against the lockfile's checksum.
 */
export function runtimeFor(target: keyof typeof PACKAGES): string {
  const { cpu, name } = PACKAGES[target];
  const home = resolve(import.meta.dir, `../../.tools/bun-${dependencies.bun}-${target}`);
  const binary = join(home, "node_modules", name, "bin/bun");
  if (existsSync(binary)) return binary;
  mkdirSync(home, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(import.meta.dir, file), join(home, file));
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--os=linux", `--cpu=${cpu}`, "--libc=glibc"];
  const { exitCode } = Bun.spawnSync(["npm", "ci", ...flags], { cwd: home, stdout: "inherit", stderr: "inherit" });
  if (exitCode !== 0 || !existsSync(binary)) throw new Error(`Cannot install ${name}@${dependencies.bun} with npm`);
  return binary;
}

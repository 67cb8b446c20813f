import { join } from "node:path";
import type { Subject } from "../subject.ts";

/** Compiles the reference as Weir is compiled, into `workDir`. Throws with the compiler's words when it fails. */
export function passThrough(workDir: string): Subject {
  const binary = join(workDir, "pass-through");
  const source = join(import.meta.dir, "..", "pass-through-server.ts");
  const build = Bun.spawnSync(
    [process.execPath, "build", "--compile", "--bytecode", "--format=esm", source, "--outfile", binary],
    { cwd: workDir },
  );
  if (build.exitCode !== 0) throw new Error(`Cannot compile the pass-through: ${build.stderr.toString()}`);
  return {
    name: "pass-through",
    label: "pass-through",
    version: `Bun ${Bun.version}`,
    path: "/v1/chat/completions",
    headers: () => ({}),
    readyPath: null,
    launch: async (ports, dir) => ({
      argv: [binary, String(ports.own), String(ports.upstream)],
      cwd: dir,
      env: { BUN_CONFIG_MAX_HTTP_REQUESTS: "65535", NODE_ENV: "production" },
    }),
  };
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Ports, Subject } from "../subject.ts";

const ROOT = join(import.meta.dir, "..", "..", "..");

function configuration(ports: Ports): string {
  return `
pack: { name: bench, version: 1.0.0, enabled: true }
policies: { chain: [audit-logger] }
providers:
  # the mock's cut streams must not open the breaker; it is asked all the same
  circuit_breaker: { failure_threshold: 10000, minimum_requests: 1000000 }
  targets:
    - id: bench
      provider: openai-compatible
      model: bench
      base_url: http://127.0.0.1:${ports.upstream}/v1
      secret_key_ref: { env: WEIR_BENCH_KEY }
      timeout_seconds: 600
`;
}

/**
 * Weir as it is delivered: the compiled binary, one worker, the audit ledger on. Built when `build` is set or when
 * there is none yet. Throws with the builder's words when it fails. `configure` gives another configuration.
 */
export function weir(build: boolean, configure: (ports: Ports) => string = configuration): Subject {
  const binary = join(ROOT, "dist", "weir");
  if (build || !existsSync(binary)) {
    const run = Bun.spawnSync([process.execPath, join(ROOT, "scripts", "build.ts")], { cwd: ROOT });
    if (run.exitCode !== 0) throw new Error(`Cannot build dist/weir: ${run.stderr.toString()}`);
  }
  const version = Bun.spawnSync([binary, "version"]).stdout.toString().split("\n", 1)[0]?.trim();
  return {
    name: "weir",
    label: "Weir",
    version: version === undefined || version === "" ? "weir" : version,
    path: "/v1/chat/completions",
    headers: () => ({}),
    readyPath: "/readyz",
    async launch(ports, dir) {
      const file = join(dir, "policy-config.yaml");
      await Bun.write(file, configure(ports));
      const flags = ["--listen", `127.0.0.1:${ports.own}`, "--policy-config", file, "--state-dir", join(dir, "state")];
      return {
        argv: [binary, "gateway", "run", ...flags, "--workers", "1"],
        cwd: dir,
        env: { WEIR_BENCH_KEY: "bench", HOME: dir },
      };
    },
  };
}

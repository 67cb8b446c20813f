import { join } from "node:path";
import { residentBytes } from "../bench/process-figures.ts";
import { freePort } from "../bench/running.ts";

/** The gateway under test, as a process of its own. */
export interface SoakGateway {
  readonly url: string;
  /** Resident memory, bytes. */
  memory(): number;
  /** Asks it to end and gives its exit code. */
  stop(): Promise<number>;
}

/** Every strategy as a group, over three upstreams; two of them can go on with a broken stream. */
export function configuration(ports: readonly number[]): string {
  const [a, b, c] = ports;
  return `
pack: { name: soak, version: 1.0.0, enabled: true }
policies: { chain: [audit-logger] }
providers:
  total_timeout_seconds: 8
  routing:
    min_sample_count: 3
    window_seconds: 10
    hedge: { enabled: true, quantile: 0.9, min_delay_ms: 50, max_share: 0.1 }
  fallback: { stream_resume: realign }
  retry: { max_attempts: 2, initial_backoff_ms: 5, max_backoff_ms: 50 }
  circuit_breaker: { failure_threshold: 12, failure_rate: 0.6, recovery_timeout_seconds: 1 }
  targets:
    - { id: a, provider: mistral, model: m-a, base_url: "http://127.0.0.1:${a}/v1", ${LIMITS} }
    - { id: b, provider: mistral, model: m-b, base_url: "http://127.0.0.1:${b}/v1", weight: 3, ${LIMITS} }
    - { id: c, provider: openai-compatible, model: m-c, base_url: "http://127.0.0.1:${c}/v1", ${LIMITS} }
model_groups:
  - { name: ordered, targets: [a, b, c], strategy: fallback }
  - { name: even, targets: [a, b, c], strategy: round_robin }
  - { name: fast, targets: [a, b, c], strategy: latency }
  - { name: weighted, targets: [a, b], strategy: weighted_round_robin }
  - { name: idle, targets: [a, b, c], strategy: least_busy }
  - { name: again, targets: [c, a], strategy: highest_throughput }
`;
}

const LIMITS = "timeout_seconds: 2, first_token_timeout_seconds: 1, stall_timeout_seconds: 1";
const ENV = { MISTRAL_API_KEY: "soak" };

/** Starts `command gateway run` in `dir` and waits until it is ready. Rejects with the end of its log when it is not. */
export async function startGateway(command: readonly string[], dir: string, config: string): Promise<SoakGateway> {
  const file = join(dir, "policy-config.yaml");
  await Bun.write(file, config);
  const port = freePort();
  const log = join(dir, "log");
  const flags = ["--listen", `127.0.0.1:${port}`, "--policy-config", file, "--state-dir", join(dir, "state")];
  const child = Bun.spawn([...command, "gateway", "run", ...flags], {
    env: { PATH: process.env["PATH"] ?? "", HOME: dir, ...ENV },
    stdout: Bun.file(log),
    stderr: Bun.file(log),
  });
  const url = `http://127.0.0.1:${port}`;
  for (let turn = 0; ; turn++) {
    const ready = await fetch(`${url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready) break;
    if (turn > 400 || child.exitCode !== null) {
      child.kill("SIGKILL");
      throw new Error(`Cannot start the gateway; it said: ${(await Bun.file(log).text()).slice(-800)}`);
    }
    await Bun.sleep(50);
  }
  return {
    url,
    memory: () => residentBytes(child.pid),
    async stop() {
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), 40_000);
      const code = await child.exited;
      clearTimeout(killer);
      return code;
    },
  };
}

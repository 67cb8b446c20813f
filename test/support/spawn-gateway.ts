import { join } from "node:path";
import { builtBinary } from "./binary.ts";
import { emptyFolder } from "./empty-folder.ts";
import { spawnListening } from "./listening.ts";
import { ROOT } from "./source.ts";

/** What a gateway is started with. */
export interface GatewayOptions {
  /** YAML text, or an object that becomes JSON (which YAML reads). */
  readonly config: string | object;
  /** Its whole environment beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the compiled binary instead of the sources. */
  readonly fromBinary?: boolean;
  /** Further flags of `gateway run`. */
  readonly flags?: readonly string[];
}

/** A gateway that answers. */
export interface SpawnedGateway extends AsyncDisposable {
  /** Its root, without a slash at the end. */
  readonly url: string;
  readonly stateDir: string;
  /** What it wrote to stderr until now. */
  logs(): string;
  /** Asks it to end (SIGTERM) and gives its exit code. */
  stop(): Promise<number>;
}

/**
 * Starts `weir gateway run` as a process of its own, on a free port, with a fresh state directory, and waits until it
 * says that it listens. Disposing kills it. Rejects with its log when it ends before.
 */
export async function startGateway(options: GatewayOptions): Promise<SpawnedGateway> {
  const { config, env = {}, fromBinary = false, flags = [] } = options;
  const cwd = emptyFolder();
  const stateDir = join(cwd, "state");
  await Bun.write(join(cwd, "policy.yaml"), typeof config === "string" ? config : JSON.stringify(config));
  const program = fromBinary ? [await builtBinary()] : [process.execPath, join(ROOT, "src/main.ts")];
  const run = ["gateway", "run", "--listen", "127.0.0.1:0", "--policy-config", "policy.yaml", "--state-dir", stateDir];
  const path = process.env["PATH"] ?? "";
  const gateway = await spawnListening([...program, ...run, ...flags], { cwd, env: { PATH: path, HOME: cwd, ...env } });
  return {
    url: gateway.url,
    stateDir,
    logs: () => gateway.log(),
    async stop() {
      gateway.child.kill("SIGTERM");
      return gateway.child.exited;
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

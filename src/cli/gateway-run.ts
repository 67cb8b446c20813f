import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { usageError } from "./_arguments.ts";
import type { Arguments, Command, Io } from "./command.ts";

/** The configuration that is used where none is named. */
const DEFAULT_FILE = "policy-config.yaml";

/** `weir gateway run`: the main job. */
export const gatewayRun: Command<"gateway run"> = {
  name: "gateway run",
  summary: "Run the gateway",
  positionals: "",
  options: {
    listen: { type: "string", help: "Where to listen; default 127.0.0.1:8080, and [::1]:8080 where IPv6 is there" },
    "policy-config": {
      type: "string",
      multiple: true,
      help: `Configuration, later files win; default ${DEFAULT_FILE}`,
    },
    "fail-mode": { type: "string", help: "What a failing policy does to a request: block (default) or allow" },
    "max-concurrency": { type: "string", help: "Requests at once; default 4096" },
    "state-dir": { type: "string", help: "Where ledger and admin token are kept; default ~/.local/state/weir" },
    workers: { type: "string", help: "Processes that serve: 1 or auto" },
    watch: { type: "boolean", help: "Reload when a configuration file changes" },
  },
  example: "weir gateway run --policy-config policy-config.yaml --listen 127.0.0.1:8080",
  async run(args, io) {
    const [{ loadConfig }, { serve }, { printProblems }] = await Promise.all([
      import("../config/load.ts"),
      import("./_service.ts"),
      import("./_problems.ts"),
    ]);
    const files = configFiles(args, io);
    const failMode = failModeOf(args);
    const flags = configFlags(args);
    const load = () => loadConfig({ files, env: io.env, flags });
    const loaded = load();
    if (!loaded.ok) {
      printProblems(loaded.problems, io);
      return 2;
    }
    checkWorkers(loaded.config.server.workers);
    const watched = args.flags["watch"] === true ? files : [];
    const warnings = loaded.problems;
    return serve(loaded.config, { load, stateDirFlag: text(args, "state-dir"), failMode, watched, warnings }, io);
  },
};

function text({ flags }: Arguments, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

/** The files of `--policy-config`, as absolute paths would hide what the user wrote: relative ones stay as they are. */
function configFiles({ flags }: Arguments, io: Io): readonly string[] {
  const given = (flags["policy-config"] ?? []) as readonly string[];
  if (given.length > 0) return given.map((file) => resolve(io.cwd, file));
  const file = resolve(io.cwd, DEFAULT_FILE);
  if (existsSync(file)) return [file];
  throw usageError(
    `There is no ${DEFAULT_FILE} here: name one with --policy-config FILE, make one with weir init, or try weir demo`,
  );
}

/** Flags that set what the configuration also can. */
function configFlags(args: Arguments): Readonly<Record<string, string | number | undefined>> {
  return {
    "server.listen": text(args, "listen"),
    "server.max_concurrency": count(args, "max-concurrency"),
    "server.workers": text(args, "workers") === "auto" ? "auto" : count(args, "workers"),
  };
}

function count(args: Arguments, name: string): number | undefined {
  const value = text(args, name);
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  const more = name === "workers" ? " or auto" : "";
  throw usageError(`--${name} "${value}" is no number: give a whole number from 1${more}`);
}

function failModeOf(args: Arguments): "block" | "allow" {
  const value = text(args, "fail-mode") ?? "block";
  if (value === "block" || value === "allow") return value;
  throw usageError(`--fail-mode "${value}" is none of: block, allow`);
}

/** One process serves; more is refused rather than quietly not done. */
function checkWorkers(workers: number | "auto"): void {
  if (workers === 1 || workers === "auto") return;
  throw usageError(
    `This version serves with one process, ${workers} workers cannot be had: give 1 or auto, and run more gateways behind a load balancer`,
  );
}

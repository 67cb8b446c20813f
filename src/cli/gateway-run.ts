import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseListen } from "../server/door/address.ts";
import type { Arguments, Command, Io } from "./command.ts";
import { usageError } from "./terminal/arguments.ts";
import { configFlags, DEFAULT_CONFIG_FILE, loadFiles, writeProblems } from "./terminal/config-source.ts";
import { choiceFlag, hasFlag, listFlag, textFlag } from "./terminal/flags.ts";

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
      help: `Configuration, later files win; default ${DEFAULT_CONFIG_FILE}`,
    },
    "fail-mode": { type: "string", help: "What a failing policy does to a request: block (default) or allow" },
    "max-concurrency": { type: "string", help: "Requests at once; default 4096" },
    "state-dir": { type: "string", help: "Where ledger and admin token are kept; default ~/.local/state/weir" },
    workers: { type: "string", help: "Threads that serve: a number, or auto for one per processor; default 1" },
    watch: { type: "boolean", help: "Reload when a configuration file, or one that holds a secret, changes" },
  },
  example: "weir gateway run --policy-config policy-config.yaml --listen 127.0.0.1:8080",
  async run(args, io, commands) {
    const failMode = choiceFlag(args, "fail-mode", ["block", "allow"]) ?? "block";
    const stateDirFlag = textFlag(args, "state-dir");
    const listen = textFlag(args, "listen");
    if (listen !== undefined) parseListen(listen);
    const files = configFiles(args, io);
    const load = () => loadFiles(files, configFlags(args), io);
    const loaded = load();
    if (!loaded.ok) {
      writeProblems(loaded.problems, io, "err");
      return 2;
    }
    checkWorkers(loaded.config.server.workers);
    const watched = hasFlag(args, "watch") ? files.map((file) => resolve(io.cwd, file)) : [];
    // what only a serving process needs is loaded by it alone: the other commands start the faster
    const { serve } = await import("./service/service.ts");
    return serve(loaded.config, { load, stateDirFlag, failMode, watched, commands, warnings: loaded.problems }, io);
  },
};

function configFiles(args: Arguments, io: Io): readonly string[] {
  const given = listFlag(args, "policy-config");
  if (given.length > 0) return given;
  if (existsSync(resolve(io.cwd, DEFAULT_CONFIG_FILE))) return [DEFAULT_CONFIG_FILE];
  throw usageError(
    `There is no ${DEFAULT_CONFIG_FILE} here: name one with --policy-config FILE, make one with weir init, or try weir demo`,
  );
}

/** Only Linux spreads the connections of a port over several listeners. */
function checkWorkers(workers: number | "auto"): void {
  if (workers === 1 || workers === "auto" || process.platform === "linux") return;
  throw usageError(`${workers} workers cannot be had on ${process.platform}: give 1 or auto`);
}

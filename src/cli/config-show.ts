import { showJson, showYaml } from "../config/show.ts";
import type { Command } from "./command.ts";
import { configFlags, loadOrTell, POLICY_CONFIG_FLAG } from "./terminal/config-source.ts";
import { hasFlag } from "./terminal/flags.ts";

/** `weir config show`: what a configuration comes to, and where each value came from. */
export const configShow: Command<"config show"> = {
  name: "config show",
  summary: "Show the configuration and where each value came from, secrets masked",
  positionals: "",
  options: {
    ...POLICY_CONFIG_FLAG,
    effective: { type: "boolean", help: "With every default" },
    json: { type: "boolean", help: "Print JSON: the configuration, and the origin of each value by its path" },
    listen: { type: "string", help: "As for gateway run" },
    "max-concurrency": { type: "string", help: "As for gateway run" },
    workers: { type: "string", help: "As for gateway run" },
  },
  example: "weir config show --effective --policy-config base.yaml --policy-config prod.yaml",
  async run(args, io) {
    const loaded = loadOrTell(args, configFlags(args), io);
    if (loaded === null) return 2;
    const shown = { ...loaded, effective: hasFlag(args, "effective") };
    io.out(hasFlag(args, "json") ? `${JSON.stringify(showJson(shown), null, 2)}\n` : showYaml(shown));
    return 0;
  },
};

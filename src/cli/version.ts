import { buildInfo } from "../lib/build-info.ts";
import type { Command } from "./command.ts";
import { hasFlag } from "./terminal/flags.ts";

/** `weir version`: what this binary was made from. */
export const version: Command<"version"> = {
  name: "version",
  summary: "Version, commit, Bun and build target",
  positionals: "",
  options: { json: { type: "boolean", help: "Print JSON" } },
  example: "weir version --json",
  async run(args, io) {
    const { version, commit, bun, target } = buildInfo;
    const text = hasFlag(args, "json")
      ? JSON.stringify({ version, commit, bun, target })
      : `weir ${version}\ncommit ${commit}\nbun ${bun}\ntarget ${target}`;
    io.out(`${text}\n`);
    return 0;
  },
};

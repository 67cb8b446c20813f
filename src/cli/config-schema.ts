import { documentSchema } from "../config/json-schema.ts";
import type { Command } from "./command.ts";

/** `weir config schema`: the JSON Schema of a configuration, for editors. */
export const configSchema: Command<"config schema"> = {
  name: "config schema",
  summary: "Print the JSON Schema of policy-config.yaml",
  positionals: "",
  options: {},
  example: "weir config schema > policy-config.schema.json",
  async run(_args, io) {
    io.out(`${JSON.stringify(documentSchema(), null, 2)}\n`);
    return 0;
  },
};

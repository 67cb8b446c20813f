import { openStateDir } from "../lib/state-dir.ts";
import { makeToken, storedHash, storeToken } from "../server/admin-token.ts";
import type { Command } from "./command.ts";

/** `weir admin token`: makes the token of `/api` and prints it once; only its hash is kept. */
export const adminToken: Command<"admin token"> = {
  name: "admin token",
  summary: "Make the admin token of /api and /console; printed once, kept hashed",
  positionals: "",
  options: {
    rotate: { type: "boolean", help: "Replace the token that is there" },
    "state-dir": { type: "string", help: "State directory of the gateway; default as for gateway run" },
    json: { type: "boolean", help: "Print JSON" },
  },
  example: "weir admin token --rotate",
  async run({ flags }, io) {
    const flag = typeof flags["state-dir"] === "string" ? flags["state-dir"] : undefined;
    const directory = openStateDir({ flag, env: io.env, cwd: io.cwd });
    if (storedHash(directory) !== null && flags["rotate"] !== true) {
      io.err(`weir: ${directory} holds an admin token, which cannot be shown again: replace it with --rotate\n`);
      return 1;
    }
    const token = makeToken();
    storeToken(directory, token);
    io.out(flags["json"] === true ? `${JSON.stringify({ token })}\n` : `${token}\n`);
    if (io.terminal.out)
      io.err("Shown this once. A running gateway takes it from now on; send it as a Bearer token.\n");
    return 0;
  },
};

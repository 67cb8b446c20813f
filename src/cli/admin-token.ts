import { openStateDir } from "../lib/state-dir.ts";
import { makeToken, storedHash, storeToken } from "../server/admin-token.ts";
import type { Command } from "./command.ts";
import { hasFlag, STATE_DIR_FLAG, stateSource } from "./terminal/flags.ts";

/** `weir admin token`: makes the token of `/api` and prints it once; only its hash is kept. */
export const adminToken: Command<"admin token"> = {
  name: "admin token",
  summary: "Make the admin token of /api and /console; printed once, kept hashed",
  positionals: "",
  options: {
    rotate: { type: "boolean", help: "Replace the token that is there" },
    ...STATE_DIR_FLAG,
    json: { type: "boolean", help: "Print JSON" },
  },
  example: "weir admin token --rotate",
  async run(args, io) {
    const directory = openStateDir(stateSource(args, io));
    if (storedHash(directory) !== null && !hasFlag(args, "rotate")) {
      io.err(`weir: ${directory} holds an admin token, which cannot be shown again: replace it with --rotate\n`);
      return 1;
    }
    const token = makeToken();
    storeToken(directory, token);
    io.out(hasFlag(args, "json") ? `${JSON.stringify({ token })}\n` : `${token}\n`);
    if (io.terminal.out)
      io.err(
        "Shown this once. A running gateway takes it from now on, unless server.admin_token_ref names another; send it as a Bearer token.\n",
      );
    return 0;
  },
};

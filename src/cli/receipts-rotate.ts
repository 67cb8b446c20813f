import { stateDir } from "../lib/state-dir.ts";
import { rotateKey } from "../store/receipts/keys.ts";
import type { Command } from "./command.ts";
import { hasFlag, STATE_DIR_FLAG, stateSource } from "./terminal/flags.ts";

/** `weir receipts rotate`: a new key for receipts; the old public ones stay published. */
export const receiptsRotate: Command<"receipts rotate"> = {
  name: "receipts rotate",
  summary: "Make a new key for receipts; old ones stay published, so that their receipts still verify",
  positionals: "",
  options: {
    ...STATE_DIR_FLAG,
    json: { type: "boolean", help: "Print the names of the keys as JSON" },
  },
  example: "weir receipts rotate",
  async run(args, io) {
    const { key, published } = rotateKey(stateDir(stateSource(args, io)));
    const { kid } = key.published;
    if (hasFlag(args, "json")) io.out(`${JSON.stringify({ kid, keys: published.map((each) => each.kid) })}\n`);
    else
      io.out(
        `The new key is ${kid}; ${published.length} are published. A gateway signs with it from its next start.\n`,
      );
    return 0;
  },
};

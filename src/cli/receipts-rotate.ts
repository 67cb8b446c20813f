import { openStateDir } from "../lib/state-dir.ts";
import { rotateKey } from "../store/receipt-keys.ts";
import { LEDGER_FLAGS, textFlag } from "./_ledger.ts";
import type { Command } from "./command.ts";

/** `weir receipts rotate`: a new key for receipts; the old public ones stay published. */
export const receiptsRotate: Command<"receipts rotate"> = {
  name: "receipts rotate",
  summary: "Make a new key for receipts; old ones stay published, so that their receipts still verify",
  positionals: "",
  options: {
    "state-dir": LEDGER_FLAGS["state-dir"],
    json: { type: "boolean", help: "Print the names of the keys as JSON" },
  },
  example: "weir receipts rotate",
  async run(args, io) {
    const directory = openStateDir({ flag: textFlag(args, "state-dir"), env: io.env, cwd: io.cwd });
    const { key, published } = rotateKey(directory);
    const { kid } = key.published;
    if (args.flags["json"] === true) io.out(`${JSON.stringify({ kid, keys: published.map((each) => each.kid) })}\n`);
    else
      io.out(
        `The new key is ${kid}; ${published.length === 1 ? "it alone is" : `${published.length} are`} published. A gateway signs with it from its next start.\n`,
      );
    return 0;
  },
};

import { type Verdict, verdict, verifyCommitments, verifyReceipt } from "../carbon/verify.ts";
import { type ChainedReceipt, verifyChain } from "../carbon/verify-chain.ts";
import type { ReceiptKey } from "../schema/receipt.ts";
import type { Arguments, Command, Io } from "./command.ts";
import { answerIn, type FoundReceipt, receiptsIn, type Without } from "./receipts/files.ts";
import { bytesOf, keysFrom } from "./receipts/keys.ts";
import { fails, receiptReport } from "./receipts/report.ts";
import { usageError } from "./terminal/arguments.ts";
import { hasFlag, textFlag } from "./terminal/flags.ts";
import { styleFor } from "./terminal/style.ts";

/** The verdicts on one receipt of a file. */
export interface CheckedReceipt {
  readonly where: string;
  readonly receipt_id: string | null;
  readonly signature: Verdict;
  readonly block: Verdict;
  readonly recomputation: Verdict;
  /** Request, answer and trace, as far as they were given. */
  readonly commitments: Verdict;
}

/** Everything that was checked. */
export interface ReceiptCheck {
  readonly ok: boolean;
  readonly receipts: readonly CheckedReceipt[];
  readonly chain: Verdict;
  readonly without: readonly Without[];
}

/** `weir receipts verify`: whether receipts are what a gateway signed, and follow from what they state. Offline. */
export const receiptsVerify: Command<"receipts verify"> = {
  name: "receipts verify",
  summary: "Check receipts: signature, shown block, recomputation, chain",
  positionals: "FILE…",
  options: {
    jwks: { type: "string", help: "The issuer's public keys: a file, or the URL of its /.well-known/jwks.json" },
    request: { type: "string", help: "The request as it was sent, to check what one receipt is committed to" },
    response: { type: "string", help: "Its answer, JSON or event stream" },
    complete: { type: "boolean", help: "The files hold whole chains: a receipt that is missing is a failure" },
    json: { type: "boolean", help: "Print the verdicts as JSON" },
  },
  example: "weir receipts verify answer.json --jwks https://gateway.example.org/.well-known/jwks.json",
  async run(args, io) {
    const source = textFlag(args, "jwks");
    if (source === undefined)
      throw usageError("weir receipts verify needs --jwks FILE or URL: the issuer's public keys");
    const files = args.positionals.map((file) => receiptsIn(new TextDecoder().decode(bytesOf(file, io)), file));
    const found = files.flatMap(({ receipts }) => receipts);
    const without = files.flatMap((file) => file.without);
    const bodies = bodiesOf(args, found, io);
    const check = await checkAll(found, { keys: await keysFrom(source, io), bodies, args, without });
    if (hasFlag(args, "json")) io.out(`${JSON.stringify(check)}\n`);
    else io.out(receiptReport(check, styleFor(io.terminal.out, io.env)));
    return check.ok ? 0 : 1;
  },
};

type Bodies = Pick<Parameters<typeof verifyCommitments>[1], "request" | "choices">;

async function checkAll(
  found: readonly FoundReceipt[],
  by: { keys: readonly ReceiptKey[]; bodies: Bodies; args: Arguments; without: readonly Without[] },
): Promise<ReceiptCheck> {
  const receipts: CheckedReceipt[] = [];
  const signed: ChainedReceipt[] = [];
  for (const { where, block, twice, choices, trace } of found) {
    const { payload, ...verdicts } = await verifyReceipt(block, by.keys);
    const said = twice === null ? [] : [`${JSON.stringify(twice)} is said twice: programs may read either`];
    const id = block["receipt_id"];
    // what a file shows around a receipt is checked too, where the block has what it takes
    const shown = typeof block["commitment_nonce"] === "string" ? { choices: committed(block, choices) } : {};
    receipts.push({
      where,
      receipt_id: typeof id === "string" ? id : null,
      signature: verdicts.signature,
      block: verdict([...verdicts.block.reasons, ...said]),
      recomputation: verdicts.recomputation,
      commitments: await verifyCommitments(block, { ...shown, trace, ...by.bodies }),
    });
    if (payload !== null && verdicts.signature.status === "ok") signed.push({ payload, jws: String(block["jws"]) });
  }
  const complete = hasFlag(by.args, "complete");
  const chain = await verifyChain(signed, complete);
  const ok =
    receipts.length > 0 &&
    by.without.every(({ unreadable }) => !unreadable) &&
    chain.status !== "failed" &&
    !(complete && chain.status === "gap") &&
    !receipts.some(fails);
  return { ok, receipts, chain, without: by.without };
}

/** The choices that stand around a block, unless it is committed to none. */
function committed(block: FoundReceipt["block"], choices: FoundReceipt["choices"]): FoundReceipt["choices"] {
  return block["response_commitment"] === null ? undefined : choices;
}

function bodiesOf(args: Arguments, found: readonly FoundReceipt[], io: Io): Bodies {
  const request = textFlag(args, "request");
  const response = textFlag(args, "response");
  if (request === undefined && response === undefined) return {};
  if (found.length !== 1) {
    throw usageError(`--request and --response belong to one receipt: these files hold ${found.length}`);
  }
  const bodies: { request?: Uint8Array; choices?: Bodies["choices"] } = {};
  if (request !== undefined) bodies.request = bytesOf(request, io);
  if (response === undefined) return bodies;
  const choices = answerIn(new TextDecoder().decode(bytesOf(response, io)));
  if (choices === null) throw usageError(`--response "${response}" is no answer: JSON or an event stream is accepted`);
  return { ...bodies, choices };
}

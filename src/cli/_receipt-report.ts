import type { Verdict } from "../carbon/verify.ts";
import type { Style } from "./_style.ts";
import { visible } from "./_terminal-text.ts";
import type { CheckedReceipt, ReceiptCheck } from "./receipts-verify.ts";

const WORDS: Readonly<Record<Verdict["status"], string>> = {
  ok: "ok",
  failed: "FAILED",
  gap: "gap",
  not_checked: "not checked",
};
const CHECKS: readonly (readonly [
  keyof CheckedReceipt & ("signature" | "block" | "recomputation" | "commitments"),
  string,
])[] = [
  ["signature", "signature"],
  ["block", "shown block"],
  ["recomputation", "recomputation"],
  ["commitments", "commitments"],
];
const MAX_REASONS = 20;

/** The verdicts for people: what holds in one line, what does not with its reasons. */
export function receiptReport({ ok, receipts, chain, without }: ReceiptCheck, style: Style): string {
  const lines: string[] = [];
  for (const receipt of receipts) {
    lines.push(`${style.bold(visible(receipt.receipt_id ?? "a receipt without an id"))}  ${visible(receipt.where)}`);
    for (const [name, shown] of CHECKS) lines.push(...verdictLines(shown, receipt[name], style));
  }
  if (receipts.length > 0) lines.push(style.bold("all together"), ...verdictLines("chain", chain, style));
  for (const { where, why } of without) lines.push(`${visible(where)}: no receipt, ${visible(why)}`);
  const count = `${receipts.length} ${receipts.length === 1 ? "receipt" : "receipts"}`;
  if (receipts.length === 0) lines.push(style.bad("No receipt was found."));
  else
    lines.push(
      ok ? style.good(`${count}: everything that was checked holds.`) : style.bad(`${count}: not everything holds.`),
    );
  return `${lines.join("\n")}\n`;
}

function verdictLines(name: string, { status, reasons }: Verdict, style: Style): string[] {
  const mark = status === "ok" ? style.good : status === "failed" ? style.bad : style.warn;
  const more = reasons.length > MAX_REASONS ? [`    and ${reasons.length - MAX_REASONS} more`] : [];
  const shown = reasons.slice(0, MAX_REASONS).map((reason) => `    ${visible(reason)}`);
  return [`  ${name.padEnd(14)}${mark(WORDS[status])}`, ...shown, ...more];
}

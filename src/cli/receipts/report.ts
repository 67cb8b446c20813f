import type { Verdict } from "../../carbon/verify.ts";
import type { CheckedReceipt, ReceiptCheck } from "../receipts-verify.ts";
import type { Style } from "../terminal/style.ts";
import { counted, visible } from "../terminal/text.ts";

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
/** Receipts that are told one by one, and lines without any. */
const MAX_SHOWN = 20;

/** The verdicts for people: what holds in one line, what does not with its reasons. Of many, what holds is summed up. */
export function receiptReport({ ok, receipts, chain, without }: ReceiptCheck, style: Style): string {
  const lines: string[] = [];
  const alone = receipts.length <= MAX_SHOWN ? receipts : receipts.filter(fails).slice(0, MAX_SHOWN);
  for (const receipt of alone) {
    lines.push(`${style.bold(visible(receipt.receipt_id ?? "a receipt without an id"))}  ${visible(receipt.where)}`);
    for (const [name, shown] of CHECKS) lines.push(...verdictLines(shown, receipt[name], style));
  }
  lines.push(
    ...summed(
      receipts.filter((receipt) => !alone.includes(receipt)),
      alone.length > 0,
      style,
    ),
  );
  if (receipts.length > 0) lines.push(style.bold("all together"), ...verdictLines("chain", chain, style));
  for (const { where, why } of without.slice(0, MAX_SHOWN))
    lines.push(`${visible(where)}: no receipt, ${visible(why)}`);
  if (without.length > MAX_SHOWN) lines.push(`and ${without.length - MAX_SHOWN} more without a receipt`);
  const count = counted(receipts.length, "receipt");
  if (receipts.length === 0) lines.push(style.bad("No receipt was found."));
  else
    lines.push(
      ok ? style.good(`${count}: everything that was checked holds.`) : style.bad(`${count}: not everything holds.`),
    );
  return `${lines.join("\n")}\n`;
}

/** Whether anything of a receipt does not hold. */
export function fails(receipt: CheckedReceipt): boolean {
  return CHECKS.some(([name]) => receipt[name].status === "failed");
}

/** How often each check came to what, of those that are not told one by one. */
function summed(receipts: readonly CheckedReceipt[], isRest: boolean, style: Style): string[] {
  if (receipts.length === 0) return [];
  const head = style.bold(`${receipts.length} ${isRest ? "others" : "receipts"}`);
  return [
    head,
    ...CHECKS.map(([name, shown]) => {
      const counts = new Map<Verdict["status"], number>();
      for (const { [name]: of } of receipts) counts.set(of.status, (counts.get(of.status) ?? 0) + 1);
      const said = [...counts].map(([status, count]) => `${marked(status, style)} ${count}`);
      return `  ${shown.padEnd(14)}${said.join(", ")}`;
    }),
  ];
}

function verdictLines(name: string, { status, reasons }: Verdict, style: Style): string[] {
  const more = reasons.length > MAX_REASONS ? [`    and ${reasons.length - MAX_REASONS} more`] : [];
  const shown = reasons.slice(0, MAX_REASONS).map((reason) => `    ${visible(reason)}`);
  return [`  ${name.padEnd(14)}${marked(status, style)}`, ...shown, ...more];
}

function marked(status: Verdict["status"], style: Style): string {
  const mark = status === "ok" ? style.good : status === "failed" ? style.bad : style.warn;
  return mark(WORDS[status]);
}

import { useEffect, useState } from "preact/hooks";
import type { ReceiptKey } from "../../../schema/receipt.ts";
import { Chip } from "../parts/chips.tsx";
import { Bones } from "../parts/states.tsx";
import { type Checked, canCheck, checkReceipts } from "./check.ts";

const NAMES: readonly (readonly [keyof Pick<Checked, "signature" | "block" | "recomputation" | "chain">, string])[] = [
  ["signature", "Signature: a published key signed it"],
  ["block", "Shown block: it says what was signed"],
  ["recomputation", "Recomputation: the numbers follow from the inputs"],
  ["chain", "Chain: each names the one before"],
];
const SIGNS = { ok: ["good", "✓"], failed: ["bad", "✕"], gap: ["warn", "…"], not_checked: ["plain", "–"] } as const;

const CANNOT =
  "This browser checks no signatures here: it does so over https and on localhost only, and has to know Ed25519. weir receipts verify checks the same.";
const MOST_REASONS = 5;
const someOf = (reasons: readonly string[]): string =>
  reasons.slice(0, MOST_REASONS).join("; ") +
  (reasons.length > MOST_REASONS ? `; and ${reasons.length - MOST_REASONS} more` : "");

/** What each check of some receipts came to. Nothing leaves the browser. */
export function Verdicts({ blocks, keys }: { blocks: readonly object[]; keys: () => Promise<readonly ReceiptKey[]> }) {
  const [checked, setChecked] = useState<Checked | string | null>(null);
  useEffect(() => {
    let current = true;
    setChecked(null);
    void canCheck()
      .then(async (can) => (can ? checkReceipts(blocks, await keys()) : CANNOT))
      .catch((thrown: unknown) => `It could not be checked: ${thrown instanceof Error ? thrown.message : "no keys"}`)
      .then((found) => {
        if (current) setChecked(found);
      });
    return () => {
      current = false;
    };
  }, [blocks]);
  if (checked === null) return <Bones lines={3} />;
  if (typeof checked === "string") return <p class={checked === CANNOT ? "notice warn" : "notice bad"}>{checked}</p>;
  return (
    <div role="status">
      <ul class="attention">
        {NAMES.map(([name, text]) => {
          const { status, reasons } = checked[name];
          const [tone, sign] = SIGNS[status];
          return (
            <li key={name}>
              <Chip tone={tone} sign={sign} text={status.replace("_", " ")} />
              <span>
                {text}
                {reasons.length > 0 && <span class="soft">. {someOf(reasons)}</span>}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

import { join } from "node:path";
import type { Sample } from "./figures.ts";
import type { Measured } from "./measures.ts";
import type { Bench } from "./running.ts";

/**
 * What routing costs more among several targets than with one: in the process, because it is less than what a socket's
 * cost varies by.
 */
export async function routing({ bench }: Measured): Promise<Sample> {
  const found = await resultOf(bench, "routing-cost.ts");
  const all = Object.values(found as Record<string, { two: number; fifty: number }>);
  return {
    "routing-2": Math.max(...all.map(({ two }) => two)),
    "routing-50": Math.max(...all.map(({ fifty }) => fifty)),
  };
}

/** A whole carbon-aware decision, in the process. */
export async function regionDecision({ bench }: Measured): Promise<Sample> {
  const found = await resultOf(bench, "region-decision.ts");
  return { "decision-8": (found as { whole_decision_ns: number }).whole_decision_ns / 1000 };
}

/** What policies cost, and hostile texts cost them, in the process. */
export async function policyCost({ bench }: Measured): Promise<Sample> {
  return (await resultOf(bench, "policy-cost.ts")) as Sample;
}

/** Making a receipt, the dearer of whole answers and streams, and keeping it; in the process. */
export async function receipts({ bench }: Measured): Promise<Sample> {
  const found = (await resultOf(bench, "receipt-cost.ts")) as Readonly<Record<string, number>>;
  const worst = (size: string): number =>
    Math.max(found[`whole_${size}_us`] ?? Infinity, found[`stream_${size}_us`] ?? Infinity);
  const keeping = found["keeping_us"] ?? Infinity;
  return { "receipt-1k": worst("1k") + keeping, "receipt-32k": worst("32k") + keeping };
}

/** What a script of this folder prints as JSON, run where subjects run. */
async function resultOf(bench: Bench, script: string): Promise<unknown> {
  const argv = bench.pins.subject([process.execPath, join(import.meta.dir, script)]);
  const child = Bun.spawn([...argv], { stdout: "pipe", stderr: "inherit" });
  const [text, code] = await Promise.all([child.stdout.text(), child.exited]);
  if (code !== 0) throw new Error(`Cannot measure with ${script}: it ended with ${code}`);
  return JSON.parse(text);
}

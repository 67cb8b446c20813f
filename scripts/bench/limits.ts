import { type Figure, median, type Round } from "./figures.ts";
import type { SubjectName } from "./subject.ts";

/** One promise: a figure of Weir's, alone or divided by another subject's of the same round, is at most `limit`. */
export interface Limit {
  readonly figure: Figure;
  readonly against?: SubjectName;
  readonly limit: number;
  readonly text: string;
}

/** What Weir promises of the figures that `bun run bench` measures; the README shows each beside what was measured. */
export const LIMITS: readonly Limit[] = [
  { figure: "cpu-1k", against: "pass-through", limit: 1.5, text: "1.5 × pass-through" },
  { figure: "cpu-32k", against: "pass-through", limit: 1.75, text: "1.75 × pass-through" },
  { figure: "cpu-1k", against: "portkey", limit: 1 / 7, text: "1/7 of Portkey on Bun" },
  { figure: "cpu-chunk", against: "pass-through", limit: 1.9, text: "1.9 × native relay" },
  { figure: "first-chunk", against: "nginx", limit: 2.5, text: "2.5 × nginx" },
  { figure: "cold-start", limit: 80, text: "80 ms" },
  { figure: "rss-rest", limit: 70, text: "70 MB" },
  { figure: "rss-stream", limit: 60, text: "60 kB" },
  { figure: "abort-during", limit: 100, text: "100 ms" },
  { figure: "abort-before", limit: 100, text: "100 ms" },
  { figure: "routing-2", limit: 3, text: "3 µs" },
  { figure: "routing-50", limit: 15, text: "15 µs" },
  { figure: "decision-8", limit: 2, text: "2 µs" },
  { figure: "chain-1k", limit: 250, text: "250 µs" },
  { figure: "chain-32k", limit: 8, text: "8 ms" },
  { figure: "redaction-mb", limit: 100, text: "100 ms (10 MB/s)" },
  { figure: "redaction-chunk", limit: 15, text: "15 µs" },
  { figure: "hostile-mb", limit: 400, text: "400 ms" },
  { figure: "hostile-loop", limit: 20, text: "20 ms" },
  { figure: "receipt-1k", limit: 40, text: "40 µs" },
  { figure: "receipt-32k", limit: 80, text: "80 µs" },
  { figure: "failover-p99", limit: 5, text: "5 ms" },
  { figure: "cut-short", limit: 0, text: "none" },
  { figure: "cut-rss", limit: 10, text: "10 MB" },
];

/** How far over its limit a round may be before it counts against Weir: noise of a shared machine. */
const TOLERANCE = 1.1;

/** What became of one limit. `values` has one number a round, where it could be told. */
export interface Verdict {
  readonly limit: Limit;
  readonly values: readonly number[];
  readonly median: number | undefined;
  /** Rounds over the limit by more than the tolerance. */
  readonly over: number;
  readonly state: "kept" | "broken" | "not judged";
}

function valueIn(round: Round, limit: Limit): number | undefined {
  const own = round.samples.get("weir")?.[limit.figure];
  if (own === undefined || limit.against === undefined) return own;
  const other = round.samples.get(limit.against)?.[limit.figure];
  return other === undefined || !(other > 0 && Number.isFinite(other)) ? undefined : own / other;
}

/** Broken when two of three rounds (two thirds of those judged) are over by more than 10 %; not judged when no round could tell. */
export function judge(rounds: readonly Round[], limit: Limit): Verdict {
  const values = rounds.map((round) => valueIn(round, limit)).filter((value) => value !== undefined);
  const over = values.filter((value) => value > limit.limit * TOLERANCE).length;
  const state = values.length === 0 ? "not judged" : over * 3 >= values.length * 2 ? "broken" : "kept";
  return { limit, values, median: median(values), over, state };
}

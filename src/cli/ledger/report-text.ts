import { csvCell } from "../../lib/event-csv.ts";
import { NANO } from "../../lib/nano.ts";
import { short, visible } from "../terminal/text.ts";
import type { CarbonSums, GroupedSums, Grouping } from "./carbon-sums.ts";

/** What a difference to the default path is, and what it is not. */
export const DIFFERENCE_NOTE =
  "usage_difference_gco2e is an estimate of usage emissions only: the energy of the same answers, counted with the grid " +
  "of the region that the default path led to at the time of each request, less what was counted where they were " +
  "answered. It is not a measured or certified saving; embodied emissions, water and what the choice changes elsewhere " +
  "in the grid are not in it, and requests whose two grids cannot be compared are left out.";

/** What a report is of. */
export interface ReportOf {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly by: Grouping;
  readonly sums: GroupedSums;
}

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

/** As exact as the ledger's own sums: what adding fractions up leaves behind them is none of it. */
function inBillionths(sum: number): number {
  return Math.round(sum * NANO) / NANO;
}

/**
 * The sums of a report as they are shown: with shares, and the difference to the default path. A sum of
 * requests none of whose numbers is known is null, never 0.
 */
export function shownSums(sums: CarbonSums) {
  const { signals, compared, gco2e_usage: usage, gco2e_usage_default: usual } = sums;
  // of requests whose own is unknown, some may have been paid for elsewhere first
  const ofKnown = (sum: number, known: number): number | null =>
    known === 0 && sum === 0 && sums.requests > 0 ? null : inBillionths(sum);
  const energy = (sum: number): number | null => ofKnown(sum, sums.energy_known);
  const grams = (sum: number): number | null => ofKnown(sum, sums.gco2e_known);
  const counted = Object.values(signals).reduce((sum, count) => sum + count, 0);
  const share = (count: number): number | null => (counted === 0 ? null : Math.round((count / counted) * 1e4) / 1e4);
  return {
    requests: sums.requests,
    prompt_tokens: sums.prompt_tokens,
    completion_tokens: sums.completion_tokens,
    cost_usd: ofKnown(sums.cost_usd, sums.cost_known),
    cost_unknown: sums.cost_unknown,
    energy_wh: energy(sums.energy_wh),
    energy_wh_ci90_lo: energy(sums.energy_wh_ci90_lo),
    energy_wh_ci90_hi: energy(sums.energy_wh_ci90_hi),
    energy_unknown: sums.energy_unknown,
    gco2e: grams(sums.gco2e),
    gco2e_ci90_lo: grams(sums.gco2e_ci90_lo),
    gco2e_ci90_hi: grams(sums.gco2e_ci90_hi),
    gco2e_unknown: sums.gco2e_unknown,
    decisions: sums.decisions,
    signals,
    share_live: share(signals.live),
    share_fresh: share(signals.fresh),
    share_annual: share(signals.annual_fallback),
    usage_gco2e_compared: inBillionths(usage),
    usage_gco2e_default_path: inBillionths(usual),
    usage_difference_gco2e: compared === 0 ? null : inBillionths(usual - usage),
    requests_compared: compared,
  };
}

/** A report as one JSON object. */
export function reportJson({ fromMs, toMs, by, sums }: ReportOf): string {
  const groups = sums.groups(by).map(({ name, sums: each }) => ({ [by]: name, ...shownSums(each) }));
  const report = { from: iso(fromMs), to: iso(toMs), by, groups, total: shownSums(sums.total), note: DIFFERENCE_NOTE };
  return `${JSON.stringify(report)}\n`;
}

type Row = ReturnType<typeof shownSums>;
type Cell = string | number | null;

const COLUMNS: Readonly<Record<string, (row: Row) => Cell>> = {
  requests: (row) => row.requests,
  prompt_tokens: (row) => row.prompt_tokens,
  completion_tokens: (row) => row.completion_tokens,
  cost_usd: (row) => row.cost_usd,
  cost_unknown: (row) => row.cost_unknown,
  energy_wh: (row) => row.energy_wh,
  energy_wh_ci90_lo: (row) => row.energy_wh_ci90_lo,
  energy_wh_ci90_hi: (row) => row.energy_wh_ci90_hi,
  energy_unknown: (row) => row.energy_unknown,
  gco2e: (row) => row.gco2e,
  gco2e_ci90_lo: (row) => row.gco2e_ci90_lo,
  gco2e_ci90_hi: (row) => row.gco2e_ci90_hi,
  gco2e_unknown: (row) => row.gco2e_unknown,
  share_live: (row) => row.share_live,
  share_fresh: (row) => row.share_fresh,
  share_annual: (row) => row.share_annual,
  decisions: (row) => decisionsOf(row),
  usage_gco2e_compared: (row) => row.usage_gco2e_compared,
  usage_gco2e_default_path: (row) => row.usage_gco2e_default_path,
  usage_difference_gco2e: (row) => row.usage_difference_gco2e,
  requests_compared: (row) => row.requests_compared,
  // it travels with the numbers, into whatever sheet they are put
  note: () => DIFFERENCE_NOTE,
};

/** A report as records of RFC 4180: one for each group. */
export function reportCsv({ by, sums }: ReportOf): string {
  const rows = sums.groups(by).map(({ name, sums: each }) => {
    const shown = shownSums(each);
    return [csvCell(name), ...Object.values(COLUMNS).map((read) => csvCell(read(shown)))].join(",");
  });
  return `${[[by, ...Object.keys(COLUMNS)].join(","), ...rows].join("\r\n")}\r\n`;
}

/** A name that callers chose as itself: no image that is loaded where the report is shown, no link, no cell of its own. */
function inMarkdown(name: string): string {
  return name.replace(/[\\`*[\]<|]/g, "\\$&");
}

/** A report for people, in Markdown. */
export function reportMarkdown({ fromMs, toMs, by, sums }: ReportOf): string {
  const head = [by, "requests", "tokens in / out", "cost USD", "energy Wh", "gCO2e (90 %)", "live / fresh / annual"];
  const last = ["decisions", "usage difference gCO2e"];
  const rows = [...sums.groups(by), { name: "total", sums: sums.total }].map(({ name, sums: each }, at, all) => {
    const shown = shownSums(each);
    const label = name === null ? "(none)" : inMarkdown(visible(name));
    return [at === all.length - 1 ? `**${label}**` : label, ...markdownCells(shown)];
  });
  const table = [[...head, ...last], [...head, ...last].map(() => "---"), ...rows].map(
    (row) => `| ${row.join(" | ")} |`,
  );
  const period = `From ${iso(fromMs) ?? "the first request"} to ${iso(toMs) ?? "now"}, by ${by}.`;
  const { cost_unknown: cost, energy_unknown: energy, gco2e_unknown: grams } = sums.total;
  if (sums.total.requests === 0) return `# Report\n\n${period}\n\nThe ledger holds no requests of this period.\n`;
  const missing =
    cost + energy + grams === 0
      ? []
      : [`Unknown and not in the sums: cost of ${cost}, energy of ${energy}, emissions of ${grams} requests.`, ""];
  return `${["# Report", "", period, "", ...table, "", ...missing, `${DIFFERENCE_NOTE}`].join("\n")}\n`;
}

function markdownCells(row: Row): string[] {
  const number = (value: number | null): string => (value === null ? "–" : short(value));
  const percent = (share: number | null): string => (share === null ? "–" : `${Math.round(share * 100)} %`);
  return [
    String(row.requests),
    `${row.prompt_tokens} / ${row.completion_tokens}`,
    number(row.cost_usd),
    number(row.energy_wh),
    row.gco2e === null ? "–" : `${number(row.gco2e)} (${number(row.gco2e_ci90_lo)}–${number(row.gco2e_ci90_hi)})`,
    `${percent(row.share_live)} / ${percent(row.share_fresh)} / ${percent(row.share_annual)}`,
    decisionsOf(row) || "–",
    number(row.usage_difference_gco2e),
  ];
}

function decisionsOf({ decisions }: Row): string {
  return Object.entries(decisions)
    .map(([mode, count]) => `${mode} ${count}`)
    .join(", ");
}

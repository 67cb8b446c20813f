import type { Style } from "../terminal/style.ts";
import { counted, short, visible } from "../terminal/text.ts";
import type { Came, Compared } from "./compare.ts";
import { MOST_LISTED, type ReplaySums } from "./sums.ts";

/** What a replay is of. */
export interface ReplayOf {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly files: readonly string[];
  readonly configHash: string | null;
  readonly sums: ReplaySums;
}

/** What a replay takes for granted, and what it leaves out. */
const REPLAY_NOTES = [
  "Nobody was called. A target that failed for a request fails for it again, and goes on failing for others while the record of the next five minutes says nothing better; every other target is taken to answer with the same tokens, in the time of whoever answered.",
  "Policies that judge what is said see a text only where the audit-logger kept it (content: redacted), and then as it was kept: redacted, and of roles and tools only what is written there. Everywhere else the verdict on record stands for as long as its policy is enforced, whether it only watched then or not.",
  "Rates, budgets, breakers and measures begin anew with the first request of the time that is replayed.",
  "Not in a record, and so not replayed: limits by address or by a user's header, health probes (network times are those of regions.catalogue), tools, and when exactly an answer would have ended elsewhere.",
  "Where the length of a request is unknown (it was refused), it is taken to be as long as others with its model on average; where its model is, to be the one its consumer asks for most.",
] as const;

/** How many changed requests are listed on a terminal; --format md and json list all. */
const SHOWN = 20;

const iso = (ms: number): string => new Date(ms).toISOString();

/** A replay as one JSON object. */
export function replayJson({ sinceMs, untilMs, files, configHash, sums }: ReplayOf): string {
  const report = {
    since: iso(sinceMs),
    until: iso(untilMs),
    config: { files, hash: configHash },
    requests: sums.requests,
    changed: sums.changed,
    not_replayed: sums.skipped,
    judged_by_text: sums.judgedByText,
    judged_by_record: sums.requests - sums.judgedByText,
    changes: sums.changes,
    transitions: sums.transitions,
    before: sums.before,
    after: sums.after,
    difference: sums.difference,
    list: sums.list,
    not_listed: sums.notListed,
    notes: REPLAY_NOTES,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

const fine = (value: number): string => short(value, 4);
const usd = (value: number | null): string => (value === null ? "unknown" : `$${fine(value)}`);
const signed = (value: number): string => `${value > 0 ? "+" : ""}${fine(value)}`;

function counts(of: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(of).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${visible(name)} ${count}`).join(", ") || "none";
}

/** Rows of the table of sums: what, before, after. */
function sumRows({ before, after, requests }: ReplaySums): readonly (readonly [string, string, string])[] {
  const both = (what: string, read: (of: typeof before) => string): readonly [string, string, string] => {
    return [what, read(before), read(after)];
  };
  const partly = (value: string, unknown: number): string => (unknown === 0 ? value : `${value} (${unknown} unknown)`);
  return [
    both("served", ({ served }) => `${served} of ${requests}`),
    both("outcomes", ({ outcomes }) => counts(outcomes)),
    both("verdicts", ({ verdicts }) => counts(verdicts)),
    both("targets", ({ targets }) => counts(targets)),
    both("regions", ({ regions }) => counts(regions)),
    both("attempts", ({ attempts }) => String(attempts)),
    both("cost", ({ cost_usd, cost_unknown }) => partly(usd(cost_usd), cost_unknown)),
    both("gCO2e", ({ gco2e, gco2e_unknown }) => partly(fine(gco2e), gco2e_unknown)),
  ];
}

function headline({ requests, changed, changes }: ReplaySums): string {
  if (requests === 0) return "No request of this time can be replayed.";
  const kinds = Object.entries(changes).filter(([, count]) => count > 0);
  const what = kinds.map(([aspect, count]) => `${aspect} ${count}`).join(", ");
  const ofAll = `${changed} of ${counted(requests, "request")} would change`;
  return what === "" ? `${ofAll}.` : `${ofAll}: ${what}.`;
}

function differenceLine({ difference: { cost_usd, cost_compared, gco2e, gco2e_compared } }: ReplaySums): string {
  const money = `${signed(cost_usd)} USD over ${counted(cost_compared, "request")} whose cost is known both ways`;
  return `Difference: ${money}; ${signed(gco2e)} gCO2e over ${gco2e_compared}.`;
}

function skippedLine({ skipped }: ReplaySums): string | null {
  const total = Object.values(skipped).reduce((sum, count) => sum + count, 0);
  return total === 0 ? null : `Not replayed, since what they asked is not on record: ${total} (${counts(skipped)}).`;
}

function judgedLine({ requests, judgedByText }: ReplaySums): string {
  if (judgedByText === requests) return "Every request's text was kept: policies judged all of them anew.";
  if (judgedByText === 0)
    return "No request's text was kept (audit-logger content: redacted): policies on texts are judged by the record.";
  return `The text of ${judgedByText} of ${requests} requests was kept: policies on texts judged those anew, the others by the record.`;
}

/** What differs of one request, in words. */
function changeText({ before, after, changed, why }: Compared): string {
  const arrow = (read: (of: Came) => string | null): string => {
    return `${visible(read(before) ?? "none")} → ${visible(read(after) ?? "none")}`;
  };
  const parts = changed.map((aspect) => {
    if (aspect === "cost") return `cost ${arrow(({ cost_usd }) => usd(cost_usd))}`;
    if (aspect === "carbon") return `gCO2e ${arrow(({ gco2e }) => (gco2e === null ? "unknown" : fine(gco2e)))}`;
    return `${aspect} ${arrow((one) => one[aspect])}`;
  });
  const text = parts.length === 0 ? "unchanged" : parts.join("; ");
  return why === null ? text : `${text} (${visible(why)})`;
}

function period({ sinceMs, untilMs }: ReplayOf): string {
  return `from ${iso(sinceMs)} to ${iso(untilMs)}`;
}

/** A replay for a terminal: the sums, and the first requests that change. */
export function replayText(of: ReplayOf, style: Style): string {
  const { sums } = of;
  const lines = [style.bold(headline(sums)), `Requests ${period(of)}, under ${of.files.map(visible).join(", ")}.`];
  const skipped = skippedLine(sums);
  if (skipped !== null) lines.push(skipped);
  if (sums.requests > 0) {
    lines.push(judgedLine(sums), "");
    for (const [what, before, after] of sumRows(sums)) {
      lines.push(`  ${what.padEnd(9)} ${before === after ? before : `${before}  →  ${after}`}`);
    }
    lines.push("", differenceLine(sums));
  }
  const list = sums.list.slice(0, SHOWN);
  if (list.length > 0) lines.push("", style.bold("Request by request"));
  for (const one of list) lines.push(`  ${one.at}  ${visible(one.id)}  ${changeText(one)}`);
  const more = sums.list.length + sums.notListed - list.length;
  if (more > 0) lines.push(`  … and ${more} more: --format md and --format json list up to ${MOST_LISTED}`);
  lines.push("", ...REPLAY_NOTES.map((note) => style.dim(note)));
  return `${lines.join("\n")}\n`;
}

/** Text of callers in a cell of a Markdown table. */
function cell(text: string): string {
  return visible(text).replace(/[\\|`<>[\]*_]/g, (mark) => `\\${mark}`);
}

/** A replay in Markdown, with every request that changes. */
export function replayMarkdown(of: ReplayOf): string {
  const { sums } = of;
  const skipped = skippedLine(sums);
  const lines = [
    "# Replay",
    "",
    headline(sums),
    "",
    `Requests ${period(of)}, under ${of.files.map(cell).join(", ")}.`,
    "",
  ];
  if (skipped !== null) lines.push(skipped, "");
  if (sums.requests > 0) {
    const rows = sumRows(sums).map((row) => `| ${row.map(cell).join(" | ")} |`);
    lines.push(
      judgedLine(sums),
      "",
      "| | before | after |",
      "| --- | --- | --- |",
      ...rows,
      "",
      differenceLine(sums),
      "",
    );
  }
  if (sums.list.length > 0) {
    const rows = sums.list.map((one) => {
      const cells = [one.at, one.id, one.model ?? "", one.consumer ?? "", changeText(one)];
      return `| ${cells.map(cell).join(" | ")} |`;
    });
    lines.push(
      "## Request by request",
      "",
      "| received | request | model | consumer | change |",
      "| --- | --- | --- | --- | --- |",
    );
    lines.push(...rows, "");
    if (sums.notListed > 0) lines.push(`${sums.notListed} more are in the sums and not listed here.`, "");
  }
  lines.push("## What this rests on", "", ...REPLAY_NOTES.map((note) => `- ${note}`));
  return `${lines.join("\n")}\n`;
}

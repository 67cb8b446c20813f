import { FIGURES, type Figure, median, type Round } from "./figures.ts";
import type { Verdict } from "./limits.ts";

/** What the table is made of. */
export interface ReportInput {
  readonly rounds: readonly Round[];
  /** Columns: name and heading of each subject measured. */
  readonly columns: readonly { readonly name: string; readonly label: string }[];
  readonly verdicts: readonly Verdict[];
  /** Machine, versions, how it was loaded. */
  readonly setting: readonly string[];
  /** Subjects that could not be had, with the reason. */
  readonly missing: readonly string[];
}

/** More foreign load than this (cores) in a round, and the run should be repeated, not judged. */
const QUIET_CORES = 0.25;

function shown(value: number | undefined, digits: number): string {
  if (value === undefined) return "–";
  return Number.isFinite(value)
    ? value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    : "never";
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function figureTable(input: ReportInput): readonly string[] {
  const cell = (name: string, figure: Figure): string => {
    const values = input.rounds
      .map((round) => round.samples.get(name)?.[figure])
      .filter((value) => value !== undefined);
    return shown(median(values), FIGURES[figure].digits);
  };
  const figures = (Object.keys(FIGURES) as Figure[]).filter((figure) =>
    input.rounds.some((round) => [...round.samples.values()].some((sample) => sample[figure] !== undefined)),
  );
  return [
    row(["", ...input.columns.map((column) => column.label)]),
    row(["---", ...input.columns.map(() => "---:")]),
    ...figures.map((figure) => {
      const { label, unit } = FIGURES[figure];
      return row([unit === "" ? label : `${label} (${unit})`, ...input.columns.map(({ name }) => cell(name, figure))]);
    }),
  ];
}

function limitTable(verdicts: readonly Verdict[]): readonly string[] {
  if (verdicts.length === 0) return [];
  return [
    "",
    row(["promise: at most", "measured", "rounds", "kept"]),
    row(["---", "---:", "---:", "---"]),
    ...verdicts.map(({ limit, values, median: middle, state }) => {
      const { label, digits } = FIGURES[limit.figure];
      const places = limit.against === undefined ? digits : limit.limit < 1 ? 3 : 2;
      const all = values.map((value) => shown(value, places)).join(" / ");
      const word = { kept: "yes", broken: "**no**", "not judged": "not judged" }[state];
      return row([`${label}: ${limit.text}`, shown(middle, places), all === "" ? "–" : all, word]);
    }),
  ];
}

/** The whole report in Markdown: setting, medians over the rounds, promises, and how quiet the machine was. */
export function report(input: ReportInput): string {
  const foreign = input.rounds.map((round) => round.foreignCores);
  const noisy = foreign.some((cores) => cores > QUIET_CORES);
  const rounds = input.rounds.length === 1 ? "One round" : `Median of ${input.rounds.length} interleaved rounds`;
  const load = `foreign load ${foreign.map((cores) => cores.toFixed(2)).join(" / ")} cores`;
  return [
    `${input.setting.join("; ")}. ${rounds}; ratios within a round; ${load}.`,
    ...(noisy
      ? ["", `**Others used more than ${QUIET_CORES} of a core meanwhile: repeat this run before judging it.**`]
      : []),
    ...input.missing.map((text) => `\nNot measured: ${text}.`),
    "",
    ...figureTable(input),
    ...limitTable(input.verdicts),
    "",
  ].join("\n");
}

const START = "<!-- bench:start -->";
const END = "<!-- bench:end -->";

/** The text with everything between the two bench markers replaced. Throws when the markers are not there, once and in order. */
export function replaceRegion(text: string, table: string): string {
  const from = text.indexOf(START);
  const to = text.indexOf(END);
  if (from < 0 || to < from)
    throw new Error(`Cannot write the table: the README needs a line ${START} and below it a line ${END}`);
  return `${text.slice(0, from + START.length)}\n${table.trim()}\n${text.slice(to)}`;
}

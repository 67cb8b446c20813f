import uPlot from "uplot";
import { timeLabels, WHOLE_STEPS } from "../format.ts";
import { alone } from "./course.ts";

/** One line or area of a chart. */
export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Custom property that holds its colour. */
  readonly color: "--c1" | "--c2" | "--c3" | "--c4" | "--c5" | "--c6";
  /** Drawn broken, so that lines differ without their colours. */
  readonly dash?: readonly number[];
}

/** A chart over time. */
export interface ChartOptions {
  readonly title: string;
  /** Epoch milliseconds, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number | null) => string;
  /** Whether the series stand on one another. */
  readonly stacked?: boolean;
  /** Whether the axis goes below 1; where things are counted, or nobody asks for less, it does not. */
  readonly fractions?: boolean;
}

/** Height of a plot, in pixels. */
export const HEIGHT = 210;
/** How long a stretch of time is at least: below it the clock under the chart would say one second twice. */
const LEAST_SECONDS = 60;

/** What the plot draws: seconds, then a list for each series, the topmost of a stack first. */
export function plotData({ times, series, stacked = false }: ChartOptions): uPlot.AlignedData {
  const seconds = times.map((ms) => ms / 1000);
  if (!stacked) return [seconds, ...series.map(({ values }) => [...values])];
  const below = times.map(() => 0);
  const sums = series.map(({ values }) => values.map((value, at) => (below[at] = (below[at] ?? 0) + (value ?? 0))));
  return [seconds, ...sums.reverse()];
}

/** How the plot draws it, in a box of that width. */
export function plotOptions(options: ChartOptions, width: number): uPlot.Options {
  const { series, format, stacked = false, fractions = false, times } = options;
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis = { stroke: color("--soft"), font: "12px system-ui, sans-serif", ticks: { show: false } };
  const drawn = stacked ? [...series].reverse() : series;
  // a bar stands to the right of its time, so the last one needs room
  const step = times.length > 1 ? ((times[1] ?? 0) - (times[0] ?? 0)) / 1000 : 300;
  return {
    width,
    height: HEIGHT,
    // a date under the last tick has room
    padding: [null, 36, null, null],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    legend: { show: false },
    scales: {
      x: {
        range: (_, min, max) => {
          const end = (stacked ? max + step : max) + (max > min ? 0 : step);
          return [Math.min(min, end - LEAST_SECONDS), end];
        },
      },
      y: { range: (_, __, max) => [0, max > 0 ? Math.max(max * 1.08, fractions ? 0 : 1) : 1] },
    },
    axes: [
      { ...axis, gap: 9, space: 72, grid: { show: false }, values: (_, ticks) => timeLabels(ticks) },
      {
        ...axis,
        size: (self, labels) => axisSize(self, labels),
        ...(fractions ? {} : { incrs: [...WHOLE_STEPS] }),
        grid: { stroke: color("--line"), width: 1 },
        // where what can be said is coarser than the ticks, each is said once
        values: (_, ticks) => ticks.map(format).map((text, at, all) => (text === all[at - 1] ? "" : text)),
      },
    ],
    series: [
      {},
      ...drawn.map(({ label, color: name, dash = [], values }) => ({
        label,
        stroke: color(name),
        width: stacked ? 0 : 2,
        ...(stacked ? { fill: color(name), paths: bars() } : {}),
        ...(dash.length > 0 ? { dash: [...dash] } : {}),
        points: stacked ? { show: false } : { show: true, filter: () => alone(values) },
        spanGaps: false,
      })),
    ],
  };
}

/** Room for the longest label of an axis: small sums of money have many digits. */
function axisSize({ ctx }: uPlot, labels: readonly string[] | null): number {
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  const widths = (labels ?? []).map((label) => ctx.measureText(label).width / devicePixelRatio);
  return Math.max(66, Math.ceil(Math.max(...widths, 0)) + 14);
}

function bars(): uPlot.Series.PathBuilder {
  return uPlot.paths.bars!({ size: [0.8, 40], align: 1 });
}

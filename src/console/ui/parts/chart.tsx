import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { alone, stretches } from "../course.ts";
import { age, moment, timeLabels, WHOLE_STEPS, zone } from "../format.ts";
import { ChartTip, type Pointed, pointedAt } from "./chart-tip.tsx";
import { num, Table } from "./table.tsx";

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

const HEIGHT = 210;
/** How long a stretch of time is at least: below it the clock under the chart would say one second twice. */
const LEAST_SECONDS = 60;
/** Rows of the table under a chart at most; the newest are shown. */
const TABLE_ROWS = 60;

/** A chart, its legend and, for those who cannot see it, the same as a table. */
export function Chart(options: ChartOptions) {
  const box = useRef<HTMLDivElement>(null);
  const [theme, setTheme] = useState(0);
  const [over, setOver] = useState<Pointed | null>(null);
  const empty = isEmpty(options);
  useEffect(() => {
    const turned = () => setTheme((now) => now + 1);
    addEventListener("weir:theme", turned);
    return () => removeEventListener("weir:theme", turned);
  }, []);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const plot = new uPlot(
      {
        ...plotOptions(options, element.clientWidth),
        hooks: { setCursor: [(self) => setOver(pointedAt(self, options.stacked ?? false))] },
      },
      plotData(options),
      element,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
      setOver(null);
    };
  }, [options.times, theme, empty]);
  return (
    <figure style={{ margin: 0 }}>
      <ul class="legend">
        {options.series.map(({ label, color, dash }) => (
          <li key={label}>
            <svg viewBox="0 0 24 8" aria-hidden="true">
              <line
                x1="0"
                y1="4"
                x2="24"
                y2="4"
                stroke={`var(${color})`}
                stroke-width="4"
                stroke-dasharray={dash?.join(" ")}
              />
            </svg>
            {label}
          </li>
        ))}
        <li class="end">{scaleText(options)}</li>
      </ul>
      {empty ? (
        <p class="chart-empty">There is nothing in this stretch of time.</p>
      ) : (
        <>
          <div class="plot">
            <div class="chart" ref={box} role="img" aria-label={`${options.title}; the table below has the numbers`} />
            {over !== null && <ChartTip of={options} over={over} />}
          </div>
          <ChartTable {...options} />
        </>
      )}
    </figure>
  );
}

/** No value at all, or for bars, which stand for numbers of things, none above nothing. */
function isEmpty({ series, stacked = false }: ChartOptions): boolean {
  return series.every(({ values }) => values.every((value) => value === null || (stacked && value === 0)));
}

/** What a bar holds, and whose clock is below. */
function scaleText({ times, stacked = false }: ChartOptions): string {
  const [first, second] = times;
  const clock = zone(times.at(-1));
  return stacked && first !== undefined && second !== undefined ? `per ${age(second - first)} · ${clock}` : clock;
}

function ChartTable({ title, times, series, format }: ChartOptions) {
  const from = Math.max(0, times.length - TABLE_ROWS);
  const rows = times
    .map((at, index) => ({ at, values: series.map(({ values }) => values[index] ?? null) }))
    .slice(from)
    .filter(({ values }) => values.some((value) => value !== null && value !== 0))
    .reverse();
  return (
    <details>
      <summary>As a table</summary>
      {rows.length === 0 ? (
        <p class="soft small">There is nothing in this stretch of time.</p>
      ) : (
        <Table label={`${title}, as a table`} heads={["From", ...series.map(({ label }) => num(label))]}>
          {rows.map(({ at, values }) => (
            <tr key={at}>
              <td>{moment(at)}</td>
              {values.map((value, index) => (
                <td class="num" key={series[index]?.label}>
                  {format(value)}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      )}
    </details>
  );
}

function plotData({ times, series, stacked = false }: ChartOptions): uPlot.AlignedData {
  const seconds = times.map((ms) => ms / 1000);
  if (!stacked) return [seconds, ...series.map(({ values }) => [...values])];
  const below = times.map(() => 0);
  const sums = series.map(({ values }) => values.map((value, at) => (below[at] = (below[at] ?? 0) + (value ?? 0))));
  return [seconds, ...sums.reverse()];
}

function plotOptions(options: ChartOptions, width: number): uPlot.Options {
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

/** A course without axes, for a tile; where nothing is known there is a gap. */
export function Spark({ values }: { values: readonly (number | null)[] }) {
  const top = Math.max(...values.map((value) => value ?? 0), 0);
  if (values.length < 2 || top === 0) return <svg class="spark" viewBox="0 0 100 20" aria-hidden="true" />;
  const x = (at: number): string => ((100 * at) / (values.length - 1)).toFixed(2);
  const lines = stretches(values).map(({ from, known }) => {
    const line = known.map((value, at) => `${x(from + at)} ${(19 - (17 * value) / top).toFixed(2)}`).join("L");
    return { line: `M${line}`, end: from + known.length - 1, from };
  });
  return (
    <svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
      <path class="under" d={lines.map(({ line, from, end }) => `${line}L${x(end)} 20L${x(from)} 20Z`).join("")} />
      <path d={lines.map(({ line }) => line).join("")} />
      <path class="alone" d={lines.map(({ line, from, end }) => (from === end ? `${line}h0` : "")).join("")} />
    </svg>
  );
}

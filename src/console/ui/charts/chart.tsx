import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { age, moment, zone } from "../format.ts";
import { num, Table } from "../parts/table.tsx";
import { type ChartOptions, HEIGHT, plotData, plotOptions } from "./plot.ts";
import { ChartTip, type Pointed, pointedAt } from "./tip.tsx";

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

import type uPlot from "uplot";
import { moment, NOTHING } from "../format.ts";
import type { ChartOptions } from "./plot.ts";

/** What the pointer is over: a time of the chart, and where that is in its box, in pixels. */
export interface Pointed {
  readonly at: number;
  readonly left: number;
  /** Whether that is in the right half, where the tip has its room on the left. */
  readonly right: boolean;
}

/** What a plot's pointer is over; null: nothing. A bar stands to the right of its time, a line goes through it. */
export function pointedAt(plot: uPlot, stacked: boolean): Pointed | null {
  const { left = -1, idx = null } = plot.cursor;
  if (left < 0 || idx == null) return null;
  const times = plot.data[0];
  const value = plot.posToVal(left, "x");
  const at = stacked ? times.findLastIndex((seconds) => seconds <= value) : idx;
  if (at < 0) return null;
  const place = stacked ? left : plot.valToPos(times[at] ?? 0, "x");
  return { at, left: place + plot.over.offsetLeft, right: left > plot.over.clientWidth / 2 };
}

/** The numbers under the pointer. Those who have none read the table below the chart. */
export function ChartTip({ of: { times, series, format }, over }: { of: ChartOptions; over: Pointed }) {
  const time = times[over.at];
  if (time === undefined) return null;
  return (
    <div class={over.right ? "tip before" : "tip"} style={{ left: `${over.left}px` }} aria-hidden="true">
      <strong>{moment(time)}</strong>
      {series.map(({ label, color, values }) => {
        const value = values[over.at] ?? null;
        return (
          <div key={label}>
            <span>
              <i style={{ background: `var(${color})` }} />
              {label}
            </span>
            <b>{value === null ? NOTHING : format(value)}</b>
          </div>
        );
      })}
    </div>
  );
}

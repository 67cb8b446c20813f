import type { TraceSignal } from "../../schema/signal.ts";
import type { GridZoneView } from "../../schema/views/grid-view.ts";
import type { Style } from "../terminal/style.ts";

const HEAD = [
  "ZONE",
  "gCO2e/kWh",
  "CLASS",
  "AGE",
  "OBSERVED",
  "KIND",
  "BASIS",
  "ACCOUNTING",
  "SOURCE",
  "DECIDES",
] as const;

/** Zones as a table, a line each. */
export function gridTable(rows: readonly GridZoneView[], style: Style): string {
  const cells = [[...HEAD], ...rows.map(cellsOf)];
  const widths = HEAD.map((_, at) => Math.max(...cells.map((row) => row[at]!.length)));
  const lines = cells.map((row, line) => {
    const padded = row.map((cell, at) =>
      at === 1 || at === 3 ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!),
    );
    const text = padded.join("  ").trimEnd();
    if (line === 0) return style.bold(text);
    return rows[line - 1]!.is_operational ? text : style.dim(text);
  });
  return `${lines.join("\n")}\n`;
}

function cellsOf({ zone, signal, is_operational: may }: GridZoneView): string[] {
  if (signal === null) return [zone, "-", "no data", "-", "-", "-", "-", "-", "-", "no"];
  return [
    zone,
    signal.gco2_per_kwh.toFixed(1),
    signal.temporal_match,
    age(signal),
    signal.observed_at === null ? "-" : `${signal.observed_at.slice(0, 16)}Z`,
    signal.signal_kind,
    signal.basis,
    signal.accounting,
    signal.source,
    may ? "yes" : "no",
  ];
}

function age({ age_minutes: minutes }: TraceSignal): string {
  if (minutes === null) return "-";
  // of a forecast the interval is not over
  if (minutes < 0) return `in ${Math.round(-minutes)} min`;
  return minutes < 600
    ? `${Math.round(minutes)} min`
    : minutes < 6000
      ? `${Math.round(minutes / 60)} h`
      : `${Math.round(minutes / 1440)} d`;
}

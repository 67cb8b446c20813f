/**
 * Counters, histograms and gauges in the Prometheus text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/), small enough to be counted on the hot path.
 */

import { firstPlace } from "../first-place.ts";

/** The media type of {@link MetricRegistry.render}. */
export const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Label sets a family may have. What comes after the last one is counted under `other` in every label, so that neither
 * a hostile client nor a large configuration can grow the process.
 */
export const MAX_SERIES = 500;

/** Name, help text and label names of one family. Units are in the name, as Prometheus wants it (`_seconds`). */
export interface FamilySpec {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Its name and unit in the OpenTelemetry conventions; its labels there have dots where these have underscores. */
  readonly otel?: { readonly name: string; readonly unit: string };
}

/** A number that only grows. */
export interface Counter {
  /** Adds `amount`, 1 if absent. Label values stand in the order of the spec. */
  add(labels: readonly string[], amount?: number): void;
}

/** A distribution over fixed upper bounds. */
export interface Histogram {
  observe(labels: readonly string[], value: number): void;
}

/** Reads the present values of a gauge: label values and number. Called once per scrape. */
export type GaugeReader = () => Iterable<readonly [labels: readonly string[], value: number]>;

/** One series of a family as it is now. */
export type Point =
  | { readonly labels: readonly string[]; readonly value: number }
  | {
      readonly labels: readonly string[];
      /** How many observations fell into each bucket, not cumulative; the last is that above all bounds. */
      readonly buckets: readonly number[];
      readonly sum: number;
    };

/** One family as it is now. */
export interface FamilyReading {
  readonly spec: FamilySpec;
  readonly type: "counter" | "gauge" | "histogram";
  /** The upper bounds of a histogram's buckets, ascending; none for the others. */
  readonly bounds: readonly number[];
  readonly points: readonly Point[];
}

/** All families of one process, in the order they were declared. */
export interface MetricRegistry {
  counter(spec: FamilySpec): Counter;
  /** `bounds` ascend; `+Inf` is added. */
  histogram(spec: FamilySpec, bounds: readonly number[]): Histogram;
  gauge(spec: FamilySpec, read: GaugeReader): void;
  /** A counter that somebody else keeps and that is read like a gauge. */
  total(spec: FamilySpec, read: GaugeReader): void;
  /** Everything as values, for exporters. */
  read(): FamilyReading[];
  /** Everything as text, ending in a newline. */
  render(): string;
}

/** An empty registry. */
export function createRegistry(): MetricRegistry {
  const families: (() => FamilyReading)[] = [];
  const read = (): FamilyReading[] => families.map((family) => family());
  const reader = (type: "counter" | "gauge") => (spec: FamilySpec, values: GaugeReader) => {
    families.push(() => {
      const points = Array.from(values(), ([labels, value]) => ({ labels, value }));
      return { spec, type, bounds: [], points };
    });
  };
  return {
    counter(spec) {
      const series = seriesOf(spec, () => ({ value: 0 }));
      const points = () => Array.from(series.all(), ({ labels, state }) => ({ labels, value: state.value }));
      families.push(() => ({ spec, type: "counter", bounds: [], points: points() }));
      return {
        add(labels, amount = 1) {
          series.at(labels).value += amount;
        },
      };
    },
    histogram(spec, bounds) {
      const series = seriesOf(spec, () => ({ buckets: new Float64Array(bounds.length + 1), sum: 0 }));
      const points = () =>
        Array.from(series.all(), ({ labels, state }) => ({ labels, buckets: [...state.buckets], sum: state.sum }));
      families.push(() => ({ spec, type: "histogram", bounds, points: points() }));
      return {
        observe(labels, value) {
          const one = series.at(labels);
          one.sum += value;
          one.buckets[bucketOf(bounds, value)]! += 1;
        },
      };
    },
    gauge: reader("gauge"),
    total: reader("counter"),
    read,
    render: () => read().map(render).join(""),
  };
}

interface Series<T> {
  readonly labels: readonly string[];
  readonly state: T;
}

/** Label values one after the other lead to a series: no key is put together on the hot path. */
interface Branch<T> {
  readonly below: Map<string, Branch<T>>;
  series: Series<T> | null;
}

const branch = <T>(): Branch<T> => ({ below: new Map(), series: null });

function seriesOf<T>(spec: FamilySpec, fresh: () => T) {
  const root = branch<T>();
  const known: Series<T>[] = [];
  const open = (labels: readonly string[]): Series<T> => {
    let at = root;
    for (const label of labels) {
      const next = at.below.get(label) ?? branch<T>();
      at.below.set(label, next);
      at = next;
    }
    if (at.series === null) {
      at.series = { labels: [...labels], state: fresh() };
      known.push(at.series);
    }
    return at.series;
  };
  return {
    at(labels: readonly string[]): T {
      let at: Branch<T> | undefined = root;
      for (let index = 0; index < labels.length && at !== undefined; index++) at = at.below.get(labels[index]!);
      const found = at?.series ?? open(known.length < MAX_SERIES ? labels : spec.labels.map(() => "other"));
      return found.state;
    },
    all: (): Iterable<Series<T>> => known,
  };
}

/** Index of the first bound that is not below `value`; the last index is `+Inf`. */
function bucketOf(bounds: readonly number[], value: number): number {
  return firstPlace(bounds.length, (at) => value <= bounds[at]!);
}

function render({ spec, type, bounds, points }: FamilyReading): string {
  const help = spec.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  const lines = points.flatMap((point) =>
    "value" in point ? valueLine(spec, point) : histogramLines(spec, bounds, point),
  );
  const body = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  return `# HELP ${spec.name} ${help}\n# TYPE ${spec.name} ${type}\n${body}`;
}

function valueLine(spec: FamilySpec, { labels, value }: Extract<Point, { value: number }>): string {
  return `${spec.name}${shownLabels(spec.labels, labels)} ${value}`;
}

function histogramLines(
  spec: FamilySpec,
  bounds: readonly number[],
  { labels, buckets, sum }: Extract<Point, { sum: number }>,
): string[] {
  const names = [...spec.labels, "le"];
  let total = 0;
  const lines = buckets.map((count, index) => {
    total += count;
    const bound = index < bounds.length ? String(bounds[index]) : "+Inf";
    return `${spec.name}_bucket${shownLabels(names, [...labels, bound])} ${total}`;
  });
  const plain = shownLabels(spec.labels, labels);
  return [...lines, `${spec.name}_sum${plain} ${sum}`, `${spec.name}_count${plain} ${total}`];
}

function shownLabels(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return "";
  return `{${names.map((name, i) => `${name}="${escaped(values[i] ?? "")}"`).join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

import type { Overview as Answer, Figures } from "../../../schema/views/figures.ts";
import type { TargetView } from "../../../schema/views/target-view.ts";
import { useApi } from "../api.ts";
import { Chart } from "../charts/chart.tsx";
import { fromKnown } from "../charts/course.ts";
import { Spark } from "../charts/spark.tsx";
import { compared, count, duration, grams, perCent, percent, usd } from "../format.ts";
import { Attention } from "../parts/attention.tsx";
import { Card } from "../parts/card.tsx";
import { RangePicker, useRange, useYouth } from "../parts/range.tsx";
import { FirstVisit, firstModel, Loaded } from "../parts/states.tsx";
import { desk, num, Table } from "../parts/table.tsx";
import { TargetCells } from "../parts/target-cells.tsx";

const EVERY_MS = 10_000;

/** What goes on, at a glance. */
export function Overview() {
  const range = useRange();
  const figures = useApi<Answer>(`/api/overview?since=${range}`, EVERY_MS);
  const targets = useApi<{ targets: TargetView[] }>("/api/targets", EVERY_MS);
  useYouth(figures.data?.covers_since ?? null);
  const model = firstModel(targets.data);
  return (
    <>
      <div class="head">
        <h1>Overview</h1>
        <RangePicker />
      </div>
      <Loaded of={figures} lines={8}>
        {(data) =>
          data.covers_since === null ? (
            <FirstVisit
              what="Requests, what the policies did, errors, latency, spend and carbon, each with its course, will appear here."
              model={model}
            />
          ) : (
            <>
              <Attention figures={data} targets={targets.data?.targets ?? []} range={range} />
              <Tiles of={data} />
              <Courses of={data} />
            </>
          )
        }
      </Loaded>
      <Card id="at-a-glance" title="Targets">
        <Loaded of={targets} lines={3}>
          {(data) => <Glance targets={data.targets} />}
        </Loaded>
      </Card>
    </>
  );
}

/** A share of requests in per cent; null where there were none. */
const share = (part: number, of: number): number | null => (of === 0 ? null : (100 * part) / of);

function Tiles({ of: { totals, before, series, covers_since } }: { of: Answer }) {
  const points = fromKnown(series, covers_since);
  const course = (pick: (point: Figures) => number | null) => points.map(pick);
  const tile = (pick: (figures: Figures) => number | null, show: (value: number | null) => string) => ({
    value: show(pick(totals)),
    change: compared(pick(totals), before.requests === 0 ? null : pick(before), show),
    values: course(pick),
  });
  const ofAll = (part: number) => `${count(part)} of ${count(totals.requests)}`;
  return (
    <div class="tiles">
      <Tile name="Requests" {...tile((p) => p.requests, count)} note="" />
      <Tile name="Blocked" {...tile((p) => share(p.blocked, p.requests), perCent)} note={ofAll(totals.blocked)} />
      <Tile name="Errors" {...tile((p) => share(p.errors, p.requests), perCent)} note={ofAll(totals.errors)} />
      <Tile name="Latency, median" {...tile((p) => p.p50_ms, duration)} note={`p95 ${duration(totals.p95_ms)}`} />
      <Tile name="Spend" {...tile((p) => p.usd, usd)} note={costNote(totals)} values={course((p) => p.usd ?? 0)} />
      <Tile
        name="CO₂e"
        {...tile((p) => p.gco2e, grams)}
        note={carbonNote(totals)}
        values={course((p) => p.gco2e ?? 0)}
      />
    </div>
  );
}

function carbonNote(totals: Figures): string {
  if (totals.gco2e === null) return "No request has a receipt";
  const shareOfAll = percent(totals.with_receipt, totals.requests).replace(" ", "\u00a0");
  return `${grams(totals.gco2e_ci90_lo)} to ${grams(totals.gco2e_ci90_hi)}, ${shareOfAll} of requests`;
}

function costNote({ cost_unknown: unknown, cost_estimated: estimated }: Figures): string {
  if (unknown > 0) return `without ${count(unknown)} of unknown cost`;
  return estimated > 0 ? `${count(estimated)} estimated` : "";
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly change: string;
  readonly values: readonly (number | null)[];
}

function Tile({ name, value, note, change, values }: TileProps) {
  return (
    <section class="tile">
      <span class="name">{name}</span>
      <span class="value">{value}</span>
      <span class="note">
        {note !== "" && <span class="against">{note}</span>}
        {change !== "" && <span class="against">{change}</span>}
      </span>
      <Spark values={values} />
    </section>
  );
}

function Courses({ of: { series, covers_since } }: { of: Answer }) {
  const points = fromKnown(series, covers_since);
  const times = points.map(({ at }) => at);
  const course = (pick: (point: Figures) => number | null) => points.map(pick);
  return (
    <div class="cards">
      <Card id="traffic" title="Requests by verdict">
        <Chart
          title="Requests by verdict"
          times={times}
          format={count}
          stacked
          series={[
            { label: "allow", color: "--c1", values: course((p) => p.requests - p.blocked - p.redacted - p.escalated) },
            { label: "redact", color: "--c2", values: course((p) => p.redacted) },
            { label: "block", color: "--c3", values: course((p) => p.blocked) },
            { label: "escalate", color: "--c4", values: course((p) => p.escalated) },
          ]}
        />
      </Card>
      <Card id="latency" title="Latency of answers">
        <Chart
          title="Latency of answers"
          times={times}
          format={duration}
          series={[
            { label: "p50", color: "--c1", values: course((p) => p.p50_ms) },
            { label: "p95", color: "--c4", values: course((p) => p.p95_ms), dash: [6, 4] },
          ]}
        />
      </Card>
    </div>
  );
}

function Glance({ targets }: { targets: readonly TargetView[] }) {
  const sorted = [...targets].sort(
    (a, b) => Number(a.available) - Number(b.available) || Number(b.requests > 0) - Number(a.requests > 0),
  );
  return (
    <>
      <Table
        label="Targets at a glance"
        heads={[
          "Target",
          "State",
          desk("Breaker"),
          num("Requests"),
          num("Failures"),
          num("Answers in"),
          num("In flight"),
        ]}
        most={12}
      >
        {sorted.map((target) => (
          <tr key={target.id}>
            <TargetCells of={target} />
            <td class="num">{count(target.requests)}</td>
            <td class="num">{count(target.failures)}</td>
            <td class="num">{duration(target.speed.answer_ms)}</td>
            <td class="num">{count(target.in_flight)}</td>
          </tr>
        ))}
      </Table>
      <p class="soft small">Requests and failures since the start of the gateway.</p>
    </>
  );
}

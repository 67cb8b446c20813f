import type { Overview as Answer, Figures } from "../../../schema/figures.ts";
import type { TargetView } from "../../../schema/target-view.ts";
import { useApi } from "../api.ts";
import { fromKnown } from "../course.ts";
import { change, count, duration, grams, percent, usd } from "../format.ts";
import { Attention } from "../parts/attention.tsx";
import { Chart, Spark } from "../parts/chart.tsx";
import { RangePicker, useRange, useYouth } from "../parts/range.tsx";
import { FirstVisit, Loaded } from "../parts/states.tsx";
import { desk, num, Table } from "../parts/table.tsx";
import { TargetCells } from "../parts/target-cells.tsx";

const EVERY_MS = 10_000;

/** What goes on, at a glance. */
export function Overview() {
  const range = useRange();
  const figures = useApi<Answer>(`/api/overview?since=${range}`, EVERY_MS);
  const targets = useApi<{ targets: TargetView[] }>("/api/targets", EVERY_MS);
  useYouth(figures.data?.covers_since ?? null);
  const model = targets.data?.targets.find(({ available }) => available)?.model ?? null;
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
      <section class="card" aria-labelledby="at-a-glance">
        <h2 id="at-a-glance">Targets</h2>
        <Loaded of={targets} lines={3}>
          {(data) => <Glance targets={data.targets} />}
        </Loaded>
      </section>
    </>
  );
}

function Tiles({ of: { totals, before, series, covers_since } }: { of: Answer }) {
  const points = fromKnown(series, covers_since);
  const course = (pick: (point: Figures) => number | null) => points.map(pick);
  const carbonNote =
    totals.gco2e === null
      ? "No request has a receipt"
      : `${grams(totals.gco2e_ci90_lo)} to ${grams(totals.gco2e_ci90_hi)}, ${percent(totals.with_receipt, totals.requests).replace(" ", "\u00a0")} of requests`;
  const costNote =
    totals.cost_unknown > 0
      ? `without ${count(totals.cost_unknown)} of unknown cost`
      : totals.cost_estimated > 0
        ? `${count(totals.cost_estimated)} estimated`
        : compared(totals.usd, before.usd);
  return (
    <div class="tiles">
      <Tile
        name="Requests"
        value={count(totals.requests)}
        note={compared(totals.requests, before.requests)}
        values={course((p) => p.requests)}
      />
      <Tile
        name="Blocked"
        value={percent(totals.blocked, totals.requests)}
        note={`${count(totals.blocked)} of ${count(totals.requests)}`}
        values={course((p) => p.blocked)}
      />
      <Tile
        name="Errors"
        value={percent(totals.errors, totals.requests)}
        note={`${count(totals.errors)} of ${count(totals.requests)}`}
        values={course((p) => p.errors)}
      />
      <Tile
        name="Latency, median"
        value={duration(totals.p50_ms)}
        note={`p95 ${duration(totals.p95_ms)}`}
        values={course((p) => p.p50_ms)}
      />
      <Tile name="Spend" value={usd(totals.usd)} note={costNote} values={course((p) => p.usd)} />
      <Tile name="CO₂e" value={grams(totals.gco2e)} note={carbonNote} values={course((p) => p.gco2e)} />
    </div>
  );
}

function compared(now: number | null, before: number | null): string {
  const said = change(now, before);
  if (said === null) return "";
  return said.up === null ? "as in the time before" : `${said.up ? "▲" : "▼"} ${said.text} on the time before`;
}

function Tile({
  name,
  value,
  note,
  values,
}: {
  name: string;
  value: string;
  note: string;
  values: readonly (number | null)[];
}) {
  return (
    <section class="tile">
      <span class="name">{name}</span>
      <span class="value">{value}</span>
      <span class="note">{note}</span>
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
      <section class="card" aria-labelledby="traffic">
        <h2 id="traffic">Requests by verdict</h2>
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
      </section>
      <section class="card" aria-labelledby="latency">
        <h2 id="latency">Latency of answers</h2>
        <Chart
          title="Latency of answers"
          times={times}
          format={duration}
          series={[
            { label: "p50", color: "--c1", values: course((p) => p.p50_ms) },
            { label: "p95", color: "--c4", values: course((p) => p.p95_ms), dash: [6, 4] },
          ]}
        />
      </section>
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

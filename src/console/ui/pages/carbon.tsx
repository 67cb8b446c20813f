import type { CarbonView } from "../../../schema/views/carbon-view.ts";
import type { RegionView } from "../../../schema/views/region-view.ts";
import { useApi } from "../api.ts";
import { Chart } from "../charts/chart.tsx";
import { withGaps } from "../charts/course.ts";
import { ago, count, energy, grams, inWords, many, NOTHING, percent } from "../format.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chips.tsx";
import { RangePicker, useRange } from "../parts/range.tsx";
import { Loaded } from "../parts/states.tsx";
import { num, Table } from "../parts/table.tsx";
import { Verifier } from "../receipts/verifier.tsx";
import { RegionMap } from "../regions/map.tsx";
import { ClassChip, RegionTable } from "../regions/table.tsx";

const EVERY_MS = 30_000;
/** What the API calls requests of no region. */
const UNPLACED = "(unknown)";

/** Grids, where requests went and why, what it came to, and receipts. */
export function Carbon() {
  const range = useRange();
  const carbon = useApi<CarbonView>(`/api/carbon?since=${range}`, EVERY_MS);
  const regions = useApi<{ data: RegionView[] }>("/api/regions", EVERY_MS);
  return (
    <>
      <div class="head">
        <h1>Carbon</h1>
        <RangePicker />
      </div>
      <Loaded of={carbon} lines={5}>
        {(data) => (
          <>
            {!data.configured && <NoSources />}
            <Totals of={data} />
          </>
        )}
      </Loaded>
      <div class="cards roomy">
        <Card id="map" title="Regions now">
          <Loaded of={regions} lines={8}>
            {({ data }) => <RegionMap regions={data} />}
          </Loaded>
        </Card>
        <Card id="region-table" title="The same in numbers">
          <Loaded of={regions} lines={8}>
            {({ data }) => <RegionTable regions={data} />}
          </Loaded>
        </Card>
      </div>
      <Loaded of={carbon} lines={6}>
        {(data) => (
          <>
            <Decisions of={data} />
            <Zones of={data} />
            <Sources of={data} />
          </>
        )}
      </Loaded>
      <Verifier />
    </>
  );
}

function NoSources() {
  return (
    <div class="notice warn">
      <strong>No grid source is configured</strong>, so nothing is live: regions show the annual average of their grid,
      and carbon-aware routing follows the default path and says so. Name sources under <code>carbon.sources</code>,
      such as <code>{"{source: energy-charts}"}</code>, which needs no key.
    </div>
  );
}

function Totals({ of: { totals, by_region } }: { of: CarbonView }) {
  return (
    <Card id="totals" title="Totals">
      {totals.with_receipt === 0 && totals.energy_wh === null ? (
        <p class="soft">
          {totals.requests === 0
            ? "No request came in this stretch of time. "
            : `None of ${many(totals.requests, "request")} has a counted footprint. `}
          Give targets a <code>region</code>, or ask with <code>{'"vetted": {"receipt": true}'}</code>, and their energy
          and CO₂e add up here.
        </p>
      ) : (
        <>
          <p>
            <strong>{grams(totals.gco2e)} CO₂e</strong> (90 %: {grams(totals.gco2e_ci90_lo)} to{" "}
            {grams(totals.gco2e_ci90_hi)}) and <strong>{energy(totals.energy_wh)}</strong>, of{" "}
            {many(totals.with_receipt, "request")} whose emissions are known,{" "}
            {percent(totals.with_receipt, totals.requests)} of all. The bounds are the requests' bounds added up; those
            of the sum itself are narrower.
          </p>
          <Table
            label="Totals by region"
            heads={[
              "Region",
              num("CO₂e"),
              num("90 %: from"),
              num("to"),
              num("Energy"),
              num("Requests"),
              num("CO₂e known"),
            ]}
          >
            {by_region.map((row) => (
              <tr key={row.name}>
                <td class={row.name === UNPLACED ? "soft" : "whole"}>
                  {row.name === UNPLACED ? "no region, or refused before" : row.name}
                </td>
                <td class="num">{grams(row.gco2e)}</td>
                <td class="num">{grams(row.gco2e_ci90_lo)}</td>
                <td class="num">{grams(row.gco2e_ci90_hi)}</td>
                <td class="num">{energy(row.energy_wh)}</td>
                <td class="num">{count(row.requests)}</td>
                <td class="num">{count(row.with_receipt)}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </Card>
  );
}

function Decisions({ of: { decisions } }: { of: CarbonView }) {
  const total = decisions.reduce((sum, { count: times }) => sum + times, 0);
  return (
    <Card id="decisions" title="Where requests went, and why">
      {decisions.length === 0 ? (
        <p class="soft">
          No request of this stretch of time was routed by region: each was refused before, or asked targets without
          one.
        </p>
      ) : (
        <Table label="Decisions" heads={["Region", num("Requests"), num("Share"), "Why"]}>
          {decisions.map(({ mode, reason, region, count: times }) => (
            <tr key={`${mode} ${reason} ${region}`}>
              <td class="whole">{region ?? "none answered"}</td>
              <td class="num">{count(times)}</td>
              <td class="num">{percent(times, total)}</td>
              <td>
                <Chip tone={mode === "degraded" ? "warn" : "note"} sign={mode === "degraded" ? "!" : "◇"} text={mode} />{" "}
                <span class="whole">
                  {mode === "degraded" ? inWords(reason).replace(/^degraded /, "") : inWords(reason)}
                </span>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Card>
  );
}

function Zones({ of: { zones } }: { of: CarbonView }) {
  const curves = zones.filter(({ history }) => history.length > 0);
  if (curves.length === 0) return null;
  return (
    <>
      <h2 class="between">Grid intensity, the last 48 hours</h2>
      <div class="cards">
        {curves.map(({ zone, signal, history }) => (
          <section class="card" key={zone} aria-label={`Zone ${zone}`}>
            <h3 class="first">
              {zone}: {signal === null ? "nothing known" : `${Math.round(signal.gco2_per_kwh)} g/kWh`}{" "}
              <ClassChip of={signal?.temporal_match ?? null} />
            </h3>
            <Chart
              title={`Grid intensity of ${zone}, 48 hours`}
              times={withGaps(history).map(({ at }) => at)}
              format={(value) => (value === null ? NOTHING : `${Math.round(value)} g`)}
              series={[
                {
                  label: `${zone}, g/kWh`,
                  color: "--c1",
                  values: withGaps(history).map((point) => ("gco2_per_kwh" in point ? point.gco2_per_kwh : null)),
                },
              ]}
            />
          </section>
        ))}
      </div>
    </>
  );
}

function Sources({ of: { sources } }: { of: CarbonView }) {
  if (sources.length === 0) return null;
  return (
    <Card id="sources" title="Sources">
      <ul class="attention">
        {sources.map(({ source, state, zones, last_error, succeeded_at }) => (
          <li key={`${source} ${zones.join()}`}>
            <Chip
              tone={state === "ok" ? "good" : state === "failing" ? "bad" : "warn"}
              sign={state === "ok" ? "✓" : "!"}
              text={state.replace("_", " ")}
            />
            <span>
              <strong>{source}</strong> for {zones.join(", ")}
              {succeeded_at !== null && `, ${ago(succeeded_at)}`}
              {last_error !== null && <span class="soft">; {last_error}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

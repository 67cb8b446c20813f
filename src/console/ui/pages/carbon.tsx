import type { CarbonView } from "../../../schema/carbon-view.ts";
import type { RegionView } from "../../../schema/region-view.ts";
import { useApi } from "../api.ts";
import { ago, count, duration, energy, grams, NOTHING, percent } from "../format.ts";
import { Chart } from "../parts/chart.tsx";
import { Chip } from "../parts/chips.tsx";
import { RangePicker, useRange } from "../parts/range.tsx";
import { RegionMap } from "../parts/region-map.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { Loaded } from "../parts/states.tsx";
import { Verifier } from "../parts/verifier.tsx";

const EVERY_MS = 30_000;

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
      <div class="cards">
        <section class="card" aria-labelledby="map">
          <h2 id="map">Regions now</h2>
          <Loaded of={regions} lines={8}>
            {({ data }) => <RegionMap regions={data} />}
          </Loaded>
        </section>
        <section class="card" aria-labelledby="region-table">
          <h2 id="region-table">The same in numbers</h2>
          <Loaded of={regions} lines={8}>
            {({ data }) => <RegionTable regions={data} />}
          </Loaded>
        </section>
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
    <section class="card" aria-labelledby="totals">
      <h2 id="totals">Totals</h2>
      {totals.with_receipt === 0 ? (
        <p class="soft">
          {totals.requests === 0
            ? "No request came in this stretch of time. "
            : `None of ${count(totals.requests)} requests has a counted footprint. `}
          Give targets a <code>region</code>, or ask with <code>{'"vetted": {"receipt": true}'}</code>, and their energy
          and CO₂e add up here.
        </p>
      ) : (
        <>
          <p>
            <strong>{grams(totals.gco2e)} CO₂e</strong> (90 %: {grams(totals.gco2e_ci90_lo)} to{" "}
            {grams(totals.gco2e_ci90_hi)}) and <strong>{energy(totals.energy_wh)}</strong>, of{" "}
            {count(totals.with_receipt)} requests with a receipt, {percent(totals.with_receipt, totals.requests)} of
            all. The bounds are sums of the requests' bounds, so they are wider than the sum's own.
          </p>
          <Scroll label="Totals by region">
            <table>
              <thead>
                <tr>
                  <th scope="col">Region</th>
                  <th scope="col" class="num">
                    Requests
                  </th>
                  <th scope="col" class="num">
                    With receipt
                  </th>
                  <th scope="col" class="num">
                    Energy
                  </th>
                  <th scope="col" class="num">
                    CO₂e
                  </th>
                  <th scope="col" class="num">
                    90 % from
                  </th>
                  <th scope="col" class="num">
                    to
                  </th>
                </tr>
              </thead>
              <tbody>
                {by_region.map((row) => (
                  <tr key={row.name}>
                    <td>{row.name}</td>
                    <td class="num">{count(row.requests)}</td>
                    <td class="num">{count(row.with_receipt)}</td>
                    <td class="num">{energy(row.energy_wh)}</td>
                    <td class="num">{grams(row.gco2e)}</td>
                    <td class="num">{grams(row.gco2e_ci90_lo)}</td>
                    <td class="num">{grams(row.gco2e_ci90_hi)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
    </section>
  );
}

const CLASSES = {
  live: ["good", "●"],
  fresh: ["good", "◐"],
  stale: ["warn", "○"],
  annual_fallback: ["plain", "∅"],
} as const;

function ClassChip({ of }: { of: keyof typeof CLASSES | null }) {
  if (of === null) return <Chip tone="plain" sign="–" text="nothing known" />;
  const [tone, sign] = CLASSES[of];
  return <Chip tone={tone} sign={sign} text={of === "annual_fallback" ? "annual average" : of} />;
}

function RegionTable({ regions }: { regions: readonly RegionView[] }) {
  return (
    <Scroll label="Regions">
      <table>
        <thead>
          <tr>
            <th scope="col">Region</th>
            <th scope="col" class="num">
              g/kWh
            </th>
            <th scope="col">Class</th>
            <th scope="col" class="num">
              Age
            </th>
            <th scope="col">Targets</th>
          </tr>
        </thead>
        <tbody>
          {regions.map(({ code, location, grid_zone, live, allowed, inference }) => (
            <tr key={code}>
              <td class="long">
                {code}
                <div class="small soft">
                  {location ?? "somewhere"}, zone {grid_zone ?? "unknown"}
                </div>
              </td>
              <td class="num">{live.gco2_per_kwh === null ? NOTHING : Math.round(live.gco2_per_kwh)}</td>
              <td>
                <ClassChip of={live.class} />
              </td>
              <td class="num">{live.age_minutes === null ? NOTHING : duration(live.age_minutes * 60_000)}</td>
              <td>
                {live.health.replace("_", " ")}
                {!allowed && <div class="small soft">not allowed</div>}
                {!inference && <div class="small soft">no inference there</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Decisions({ of: { decisions } }: { of: CarbonView }) {
  const total = decisions.reduce((sum, { count: times }) => sum + times, 0);
  return (
    <section class="card" aria-labelledby="decisions">
      <h2 id="decisions">Where requests went, and why</h2>
      {decisions.length === 0 ? (
        <p class="soft">No request of this stretch of time was routed by region: none of the targets asked has one.</p>
      ) : (
        <Scroll label="Decisions">
          <table>
            <thead>
              <tr>
                <th scope="col">Region</th>
                <th scope="col">Mode</th>
                <th scope="col">Reason</th>
                <th scope="col" class="num">
                  Requests
                </th>
                <th scope="col" class="num">
                  Share
                </th>
              </tr>
            </thead>
            <tbody>
              {decisions.map(({ mode, reason, region, count: times }) => (
                <tr key={`${mode} ${reason} ${region}`}>
                  <td>{region ?? "none answered"}</td>
                  <td>
                    <Chip
                      tone={mode === "degraded" ? "warn" : "note"}
                      sign={mode === "degraded" ? "!" : "◇"}
                      text={mode}
                    />
                  </td>
                  <td class="long">{reason.replaceAll("_", " ")}</td>
                  <td class="num">{count(times)}</td>
                  <td class="num">{percent(times, total)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function Zones({ of: { zones } }: { of: CarbonView }) {
  const curves = zones.filter(({ history }) => history.length > 0);
  if (curves.length === 0) return null;
  return (
    <div class="cards">
      {curves.map(({ zone, signal, history }) => (
        <section class="card" key={zone} aria-label={`Zone ${zone}`}>
          <h2>
            {zone}: {signal === null ? "nothing known" : `${Math.round(signal.gco2_per_kwh)} g/kWh`}{" "}
            <ClassChip of={signal?.temporal_match ?? null} />
          </h2>
          <Chart
            title={`Grid intensity of ${zone}, 48 hours`}
            times={history.map(({ at }) => at)}
            format={(value) => (value === null ? NOTHING : `${Math.round(value)} g`)}
            series={[
              { label: `${zone}, g/kWh`, color: "--c1", values: history.map(({ gco2_per_kwh }) => gco2_per_kwh) },
            ]}
          />
        </section>
      ))}
    </div>
  );
}

function Sources({ of: { sources } }: { of: CarbonView }) {
  if (sources.length === 0) return null;
  return (
    <section class="card" aria-labelledby="sources">
      <h2 id="sources">Sources</h2>
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
    </section>
  );
}

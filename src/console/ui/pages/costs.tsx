import type { FigureGroups, Overview } from "../../../schema/figures.ts";
import { useApi } from "../api.ts";
import { count, NOTHING, percent, usd } from "../format.ts";
import { Chart } from "../parts/chart.tsx";
import { RangePicker, useRange } from "../parts/range.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { Loaded } from "../parts/states.tsx";
import { go, usePlace, withQuery } from "../router.ts";

const BY = ["model", "target", "consumer", "region", "provider", "day"] as const;
const EVERY_MS = 15_000;

/** What was spent, by whom, on what. */
export function Costs() {
  const range = useRange();
  const given = usePlace().query.get("by");
  const by = BY.find((name) => name === given) ?? "model";
  const groups = useApi<FigureGroups>(`/api/costs?by=${by}&since=${range}`, EVERY_MS);
  const course = useApi<Overview>(`/api/overview?since=${range}`, EVERY_MS);
  return (
    <>
      <div class="head">
        <h1>Costs</h1>
        <RangePicker />
      </div>
      <Loaded of={course} lines={4}>
        {(data) => <Spend of={data} />}
      </Loaded>
      <section class="card" aria-labelledby="by">
        <h2 id="by">By {by}</h2>
        <fieldset class="group" aria-label="Grouped by">
          {BY.map((name) => (
            <button
              type="button"
              key={name}
              aria-pressed={name === by}
              onClick={() => go(withQuery({ by: name === "model" ? "" : name }), { replace: true })}
            >
              {name}
            </button>
          ))}
        </fieldset>
        <Loaded of={groups} lines={5}>
          {(data) => <Groups of={data} />}
        </Loaded>
        <p class="small soft">
          A cost is exact where the upstream reported tokens and the target has <code>pricing</code>; estimated where
          the list price of a model or our own count stands in; unknown where there is neither. What is unknown is in no
          sum.
        </p>
      </section>
    </>
  );
}

function Spend({ of: { totals, series, covers_since, since } }: { of: Overview }) {
  const from = Math.max(
    0,
    series.findIndex(({ at }) => at >= Math.max(covers_since ?? since, since) - 900_000),
  );
  const shown = series.slice(from);
  const paid = totals.requests - totals.cost_unknown;
  return (
    <section class="card" aria-labelledby="spend">
      <h2 id="spend">Spend: {usd(totals.usd)}</h2>
      <p class="soft">
        {totals.requests === 0
          ? "No request came in this stretch of time."
          : `${count(totals.requests)} requests: the cost of ${count(Math.max(0, paid))} is known or free (${percent(totals.cost_estimated, totals.requests)} estimated), that of ${count(totals.cost_unknown)} is unknown.`}
      </p>
      <Chart
        title="Spend"
        times={shown.map(({ at }) => at)}
        format={usd}
        stacked
        series={[{ label: "US dollars", color: "--c1", values: shown.map((point) => point.usd) }]}
      />
    </section>
  );
}

function Groups({ of: { groups } }: { of: FigureGroups }) {
  if (groups.length === 0) return <p class="soft">Nothing in this stretch of time.</p>;
  return (
    <Scroll label="Costs">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="num">
              Requests
            </th>
            <th scope="col" class="num">
              Tokens in
            </th>
            <th scope="col" class="num">
              Tokens out
            </th>
            <th scope="col" class="num">
              Cost
            </th>
            <th scope="col" class="num">
              per request
            </th>
            <th scope="col" class="num">
              Estimated
            </th>
            <th scope="col" class="num">
              Unknown
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.name}>
              <td class="long">{group.name}</td>
              <td class="num">{count(group.requests)}</td>
              <td class="num">{count(group.prompt_tokens)}</td>
              <td class="num">{count(group.completion_tokens)}</td>
              <td class="num">{usd(group.usd)}</td>
              <td class="num">
                {group.usd === null ? NOTHING : usd(group.usd / Math.max(1, group.requests - group.cost_unknown))}
              </td>
              <td class="num">{count(group.cost_estimated)}</td>
              <td class="num">{count(group.cost_unknown)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

import type { Costs as CostsAnswer, FigureGroups, Overview } from "../../../schema/views/figures.ts";
import { useApi } from "../api.ts";
import { Chart } from "../charts/chart.tsx";
import { fromKnown } from "../charts/course.ts";
import { count, many, NOTHING, usd } from "../format.ts";
import { Budgets } from "../parts/budgets.tsx";
import { Card } from "../parts/card.tsx";
import { Prices } from "../parts/prices.tsx";
import { RangePicker, useRange, useYouth } from "../parts/range.tsx";
import { FirstVisit, Loaded } from "../parts/states.tsx";
import { num, Table } from "../parts/table.tsx";
import { go, usePlace, withQuery } from "../router.ts";

const BY = ["model", "target", "consumer", "region", "provider", "day"] as const;
const EVERY_MS = 15_000;

/** What was spent, by whom, on what. */
export function Costs() {
  const range = useRange();
  const given = usePlace().query.get("by");
  const by = BY.find((name) => name === given) ?? "model";
  const groups = useApi<CostsAnswer>(`/api/costs?by=${by}&since=${range}`, EVERY_MS);
  const course = useApi<Overview>(`/api/overview?since=${range}`, EVERY_MS);
  useYouth(course.data?.covers_since ?? null);
  return (
    <>
      <div class="head">
        <h1>Costs</h1>
        <RangePicker />
      </div>
      <Loaded of={course} lines={4}>
        {(data) =>
          data.covers_since === null ? (
            <FirstVisit
              what="What requests cost appears here, by model, target, consumer, region and day."
              model={groups.data?.prices.targets[0]?.model ?? null}
            />
          ) : (
            <Spend of={data} />
          )
        }
      </Loaded>
      {groups.data !== null && <Budgets of={groups.data.budgets} />}
      {course.data?.covers_since !== null && (
        <Card id="by" title={`By ${by}`}>
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
            {(data) => <Groups of={data} none={NONE[by] ?? "(none)"} />}
          </Loaded>
          {by === "day" && <p class="soft small">Days are those of UTC, as budgets count them.</p>}
        </Card>
      )}
      {groups.data !== null && <Prices of={groups.data.prices} />}
    </>
  );
}

/** How far the sum can be relied on. */
function basisText({
  requests,
  usd: sum,
  cost_estimated: estimated,
  cost_unknown: unknown,
}: Overview["totals"]): string {
  const all = many(requests, "request");
  if (sum === null && unknown === 0) return `None of ${all} cost anything.`;
  const parts = [
    estimated > 0 ? `the cost of ${count(estimated)} is an estimate` : "",
    unknown > 0 ? `${estimated > 0 ? "that" : "the cost"} of ${count(unknown)} is unknown and not in the sum` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? `${all}, every cost known exactly.` : `${all}; ${parts.join(", ")}.`;
}

function Spend({ of: { totals, series, covers_since } }: { of: Overview }) {
  const points = fromKnown(series, covers_since);
  if (totals.requests === 0) {
    return (
      <Card id="spend" title="Nothing was spent" empty>
        <p>No request came in this stretch of time. What requests cost appears here as they end.</p>
      </Card>
    );
  }
  return (
    <Card
      id="spend"
      title={<>Spend: {totals.usd !== null ? usd(totals.usd) : totals.cost_unknown > 0 ? "unknown" : "nothing"}</>}
    >
      <p class="soft">{basisText(totals)}</p>
      {totals.usd !== null && (
        <Chart
          title="Spend"
          times={points.map(({ at }) => at)}
          format={usd}
          stacked
          fractions
          series={[{ label: "US dollars", color: "--c1", values: points.map((point) => point.usd) }]}
        />
      )}
    </Card>
  );
}

/** What stands for a request that had none. */
const NONE: Readonly<Record<string, string>> = {
  model: "no model was asked",
  target: "no target answered",
  consumer: "callers without a key",
  provider: "no provider answered",
};

function Groups({ of: { groups }, none }: { of: FigureGroups; none: string }) {
  if (groups.length === 0) return <p class="soft">Nothing in this stretch of time.</p>;
  return (
    <Table
      label="Costs"
      heads={[
        "Name",
        num("Cost"),
        num("per request"),
        num("Requests"),
        num("Failed tries"),
        num("Tokens in"),
        num("Tokens out"),
        num("Estimated"),
        num("Unknown"),
      ]}
      most={50}
    >
      {groups.map((group) => (
        <tr key={group.name}>
          <td class="long">{group.name === "(none)" ? <span class="soft">{none}</span> : group.name}</td>
          <td class="num">{usd(group.usd)}</td>
          <td class="num">
            {group.usd === null ? NOTHING : usd(group.usd / Math.max(1, group.requests - group.cost_unknown))}
          </td>
          <td class="num">{count(group.requests)}</td>
          <td class="num">{count(group.failed_attempts)}</td>
          <td class="num">{count(group.prompt_tokens)}</td>
          <td class="num">{count(group.completion_tokens)}</td>
          <td class="num">{count(group.cost_estimated)}</td>
          <td class="num">{count(group.cost_unknown)}</td>
        </tr>
      ))}
    </Table>
  );
}

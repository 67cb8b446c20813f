import type { FigureGroups, Overview } from "../../../schema/figures.ts";
import { useApi } from "../api.ts";
import { count, grams, moment, NOTHING, percent, usd } from "../format.ts";
import { Chart } from "../parts/chart.tsx";
import { Chip } from "../parts/chips.tsx";
import { RangePicker, useRange } from "../parts/range.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { FirstVisit, Loaded } from "../parts/states.tsx";
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
        </section>
      )}
      {groups.data !== null && <Prices of={groups.data.prices} />}
    </>
  );
}

function Spend({ of: { totals, series } }: { of: Overview }) {
  if (totals.requests === 0) {
    return (
      <section class="card empty" aria-labelledby="spend">
        <h2 id="spend">Nothing was spent</h2>
        <p>No request came in this stretch of time. What requests cost appears here as they end.</p>
      </section>
    );
  }
  const known = Math.max(0, totals.requests - totals.cost_unknown);
  return (
    <section class="card" aria-labelledby="spend">
      <h2 id="spend">Spend: {usd(totals.usd)}</h2>
      <p class="soft">
        Of {count(totals.requests)} requests the cost of {count(known)} is known or nothing,{" "}
        {totals.cost_estimated === 0 ? "none of them an estimate" : `${count(totals.cost_estimated)} an estimate`}; that
        of {count(totals.cost_unknown)} is unknown.
      </p>
      {totals.usd !== null && (
        <Chart
          title="Spend"
          times={series.map(({ at }) => at)}
          format={usd}
          stacked
          series={[{ label: "US dollars", color: "--c1", values: series.map((point) => point.usd) }]}
        />
      )}
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

const PERIODS = { request: "of one request", day: "of a day", month: "of a month" } as const;

function Budgets({ of }: { of: readonly BudgetView[] }) {
  return (
    <section class="card" aria-labelledby="budgets">
      <h2 id="budgets">Budgets, and what is left</h2>
      {of.length === 0 ? (
        <p class="soft">
          None is set. <code>budgets</code> limits everybody together, <code>consumers[].budget</code> one consumer.
        </p>
      ) : (
        <Scroll label="Budgets">
          <table>
            <thead>
              <tr>
                <th scope="col">Whose</th>
                <th scope="col">Limit</th>
                <th scope="col" class="num">
                  Used
                </th>
                <th scope="col">Share</th>
                <th scope="col" class="num">
                  Left
                </th>
                <th scope="col">Begins anew (midnight UTC)</th>
              </tr>
            </thead>
            <tbody>
              {of.map((budget) => (
                <BudgetRow key={budget.setting} of={budget} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function BudgetRow({ of: { setting, consumer, period, unit, limit, used, left, resets_at } }: { of: BudgetView }) {
  const amount = unit === "usd" ? usd : grams;
  const share = used === null ? null : limit === 0 ? 1 : Math.min(1, used / limit);
  return (
    <tr>
      <td class="long">
        {consumer ?? "everybody"}
        <div class="small soft mono">{setting}</div>
      </td>
      <td>
        {amount(limit)} {PERIODS[period]}
      </td>
      <td class="num">{period === "request" ? NOTHING : used === null ? "counted elsewhere" : amount(used)}</td>
      <td>
        {share !== null && (
          <>
            <div class="meter" aria-hidden="true">
              <i style={{ width: `${100 * share}%` }} />
            </div>
            <span class="small soft">{percent(share, 1)}</span>
          </>
        )}
      </td>
      <td class="num">{amount(left)}</td>
      <td>{resets_at === null ? NOTHING : moment(resets_at)}</td>
    </tr>
  );
}

const BASES = { exact: ["good", "="], estimated: ["note", "≈"], unknown: ["warn", "?"] } as const;

function Prices({ of: { list_as_of, list_source, targets } }: { of: CostsAnswer["prices"] }) {
  return (
    <section class="card" aria-labelledby="prices">
      <h2 id="prices">What tokens cost</h2>
      <Scroll label="Prices">
        <table>
          <caption>US dollars per million tokens</caption>
          <thead>
            <tr>
              <th scope="col">Target</th>
              <th scope="col">Known by</th>
              <th scope="col" class="num">
                Prompt
              </th>
              <th scope="col" class="num">
                Cached
              </th>
              <th scope="col" class="num">
                Completion
              </th>
            </tr>
          </thead>
          <tbody>
            {alike(targets).map(({ row, models }) => (
              <PriceRow key={`${row.target} ${row.model}`} of={row} models={models} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="small soft">
        A cost is exact where the upstream reported tokens and the target has <code>pricing</code>; estimated where the
        list price stands in, or our own count of tokens; unknown where there is neither, and then in no sum. List
        prices are those of {list_as_of}, from {list_source}.
      </p>
    </section>
  );
}

/** Models of one target that cost the same, together. */
function alike(targets: readonly PriceView[]): { row: PriceView; models: string[] }[] {
  const groups = new Map<string, { row: PriceView; models: string[] }>();
  for (const row of targets) {
    const key = JSON.stringify([row.target, row.basis, row.prompt, row.completion, row.cached_prompt]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { row, models: [row.model] });
    else known.models.push(row.model);
  }
  return [...groups.values()];
}

function PriceRow({ of, models }: { of: PriceView; models: readonly string[] }) {
  const { target, basis, prompt, completion, cached_prompt } = of;
  const [tone, sign] = BASES[basis];
  return (
    <tr>
      <td class="long">
        {target}
        <div class="small soft">{models.join(", ")}</div>
      </td>
      <td>
        <Chip tone={tone} sign={sign} text={basis === "estimated" ? "list price" : basis} />
      </td>
      <td class="num">{usd(prompt)}</td>
      <td class="num">{prompt === null ? NOTHING : usd(cached_prompt ?? prompt)}</td>
      <td class="num">{usd(completion)}</td>
    </tr>
  );
}

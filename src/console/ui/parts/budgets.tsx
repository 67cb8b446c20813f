import type { BudgetView } from "../../../schema/views/figures.ts";
import { grams, moment, NOTHING, percent, usd, zone } from "../format.ts";
import { Card } from "./card.tsx";
import { num, Table } from "./table.tsx";

const PERIODS = { request: "a request", day: "a day", month: "a month" } as const;

/** What is used of a budget, 0 to 1; null: it is one of a single request. */
const shareOf = ({ used, limit }: BudgetView): number | null =>
  used === null ? null : limit === 0 ? 1 : Math.min(1, used / limit);

/** What may be spent and emitted, what was, and what is left; first where least is. */
export function Budgets({ of }: { of: readonly BudgetView[] }) {
  const sorted = [...of].sort((a, b) => (shareOf(b) ?? -1) - (shareOf(a) ?? -1));
  return (
    <Card id="budgets" title="Budgets, and what is left">
      {of.length === 0 ? (
        <p class="soft">
          None is set. <code>budgets</code> limits everybody together, <code>consumers[].budget</code> one consumer.
        </p>
      ) : (
        <Table label="Budgets" heads={["Whose", "Limit", num("Used"), "Share", num("Left"), "Begins anew"]} most={10}>
          {sorted.map((budget) => (
            <BudgetRow key={budget.setting} of={budget} />
          ))}
        </Table>
      )}
    </Card>
  );
}

function BudgetRow({ of }: { of: BudgetView }) {
  const { setting, consumer, period, unit, limit, used, left, resets_at } = of;
  const amount = unit === "usd" ? usd : grams;
  const share = shareOf(of);
  return (
    <tr>
      <td class="long">
        {consumer ?? "everybody"}
        <div class="small soft mono desk">{setting}</div>
      </td>
      <td class="whole">
        {amount(limit)} {PERIODS[period]}
      </td>
      <td class="num">{used === null ? NOTHING : amount(used)}</td>
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
      <td>{resets_at === null ? NOTHING : `${moment(resets_at)} ${zone(resets_at)}`}</td>
    </tr>
  );
}

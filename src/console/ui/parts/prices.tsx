import type { Costs, PriceView } from "../../../schema/views/figures.ts";
import { NOTHING, usd } from "../format.ts";
import { Card } from "./card.tsx";
import { Chip } from "./chips.tsx";
import { num, Table } from "./table.tsx";

const BASES = { exact: ["good", "="], estimated: ["note", "≈"], unknown: ["warn", "?"] } as const;

/** What tokens cost by target, how that is known, and of which day the list prices are. */
export function Prices({ of: { list_as_of, list_source, targets } }: { of: Costs["prices"] }) {
  return (
    <Card id="prices" title="What tokens cost">
      <Table
        label="Prices"
        heads={["Target", "Known by", num("Prompt"), num("Cached"), num("Completion")]}
        caption="US dollars per million tokens"
        most={15}
      >
        {alike(targets).map(({ row, models }) => (
          <PriceRow key={`${row.target} ${row.model}`} of={row} models={models} />
        ))}
      </Table>
      <p class="small soft">
        A cost is exact where the upstream reported tokens and the target has <code>pricing</code>; estimated where the
        list price stands in, or our own count of tokens; unknown where there is neither, and then in no sum. List
        prices are those of {list_as_of}, from {list_source}.
      </p>
    </Card>
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

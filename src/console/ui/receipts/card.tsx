import type { Receipt, ReceiptKey } from "../../../schema/receipt.ts";
import { get, useApi } from "../api.ts";
import type { EventRow } from "../events/model.ts";
import { energy, grams, NOTHING } from "../format.ts";
import { Card } from "../parts/card.tsx";
import { Facts } from "../parts/facts.tsx";
import { Loaded } from "../parts/states.tsx";
import { Verdicts } from "./verdicts.tsx";

/** The keys of this gateway, to check receipts with. */
export const ownKeys = async (): Promise<readonly ReceiptKey[]> =>
  (await get<{ keys: ReceiptKey[] }>("/.well-known/jwks.json")).keys;

/** The receipt of a request, checked here in the browser. */
export function ReceiptCard({ event }: { event: EventRow }) {
  const id = event.carbon?.receipt_id ?? null;
  return (
    <Card id="receipt" title="Receipt">
      {id === null ? (
        <p class="soft">
          This request has none: receipts are made where the target has a region, or where the caller asks with{" "}
          <code>{'"vetted": {"receipt": true}'}</code>.
        </p>
      ) : (
        <Kept id={id} />
      )}
    </Card>
  );
}

function Kept({ id }: { id: string }) {
  const reading = useApi<Receipt>(`/api/receipts/${encodeURIComponent(id)}`);
  return (
    <Loaded of={reading} lines={5}>
      {(receipt) => (
        <>
          <ReceiptFacts receipt={receipt} />
          <h3>Checked in this browser</h3>
          <Verdicts blocks={[receipt]} keys={ownKeys} />
          <details>
            <summary>The receipt as JSON</summary>
            <pre class="wrap">{JSON.stringify(receipt, null, 2)}</pre>
          </details>
        </>
      )}
    </Loaded>
  );
}

function ReceiptFacts({ receipt }: { receipt: Receipt }) {
  const between = (lo: number | null, hi: number | null, say: (value: number | null) => string): string =>
    lo === null || hi === null ? "" : ` (90 %: ${say(lo)} to ${say(hi)})`;
  const intensity = receipt.grid_intensity_gco2_per_kwh;
  const rows: readonly (readonly [string, string])[] = [
    ["Id", receipt.receipt_id],
    ["Region", `${receipt.region ?? "unknown"}, zone ${receipt.grid_zone ?? "unknown"}`],
    ["Route", receipt.route_taken],
    [
      "Grid",
      intensity === null
        ? "unknown"
        : `${intensity} g/kWh, ${receipt.grid_temporal_match ?? "no class"}, by ${receipt.grid_intensity_source ?? "nobody"}`,
    ],
    ["Energy", energy(receipt.energy_wh) + between(receipt.energy_wh_ci90_lo, receipt.energy_wh_ci90_hi, energy)],
    ["CO₂e", grams(receipt.gco2e) + between(receipt.gco2e_ci90_lo, receipt.gco2e_ci90_hi, grams)],
    ["of it usage", grams(receipt.gco2e_usage)],
    ["of it embodied", grams(receipt.gco2e_embodied)],
    ["Tier", receipt.tier === 3 ? "3, telemetry of the operator" : `${receipt.tier}, parametric estimate`],
    ["Left out", receipt.exclusions.join(", ") || NOTHING],
  ];
  return <Facts rows={rows} />;
}

import type { CarbonRecord, CarbonShare } from "../../schema/carbon-record.ts";
import type { ReceiptPart, UnsignedReceipt } from "../../schema/receipt.ts";
import type { DefaultGrid } from "../routes/story.ts";

/** What the ledger keeps of a receipt, or of the estimate of an answer that got none. */
export function carbonRecord(
  receipt: UnsignedReceipt,
  of: { readonly receiptId: string | null; readonly usual: DefaultGrid | null },
): CarbonRecord {
  const { receiptId, usual } = of;
  return {
    receipt_id: receiptId,
    region: receipt.region,
    tier: receipt.tier,
    temporal_match: receipt.grid_temporal_match,
    energy_wh: receipt.energy_wh,
    energy_wh_ci90_lo: receipt.energy_wh_ci90_lo,
    energy_wh_ci90_hi: receipt.energy_wh_ci90_hi,
    gco2e: receipt.gco2e,
    gco2e_ci90_lo: receipt.gco2e_ci90_lo,
    gco2e_ci90_hi: receipt.gco2e_ci90_hi,
    gco2e_usage: receipt.gco2e_usage,
    default_region: usual?.region ?? null,
    gco2e_usage_default: usageThere(receipt, usual),
    ...(receipt.parts === undefined ? {} : { parts: receipt.parts.map(shareOf) }),
  };
}

function shareOf(part: ReceiptPart): CarbonShare {
  return {
    target: part.target,
    energy_wh: part.energy_wh,
    energy_wh_ci90_lo: part.energy_wh_ci90_lo,
    energy_wh_ci90_hi: part.energy_wh_ci90_hi,
    gco2e: part.gco2e,
    gco2e_ci90_lo: part.gco2e_ci90_lo,
    gco2e_ci90_hi: part.gco2e_ci90_hi,
  };
}

/** Grids are compared only where their numbers count the same things: never lifecycle with direct. */
function usageThere(receipt: UnsignedReceipt, usual: DefaultGrid | null): number | null {
  if (usual === null || receipt.energy_wh === null || receipt.gco2e_usage === null) return null;
  if (usual.region === receipt.region && receipt.parts === undefined) return receipt.gco2e_usage;
  const { signal } = usual;
  if (signal === null || receipt.parts !== undefined) return null;
  if (signal.basis !== receipt.basis || signal.accounting !== receipt.accounting) return null;
  return (receipt.energy_wh / 1000) * signal.gco2_per_kwh;
}

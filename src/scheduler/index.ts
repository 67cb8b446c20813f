import { gridRefresh } from "./grid-refresh.ts";
import { healthProbes } from "./health-probes.ts";
import { ledgerHead } from "./ledger-head.ts";
import { reloadWatch } from "./reload-watch.ts";
import { retention } from "./retention.ts";
import { spending } from "./spending.ts";

/** Every periodic job, by its name. */
export const jobs = {
  "grid-refresh": gridRefresh,
  "health-probes": healthProbes,
  "ledger-head": ledgerHead,
  "reload-watch": reloadWatch,
  retention,
  spending,
};

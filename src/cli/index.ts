import { adminToken } from "./admin-token.ts";
import { configSchema } from "./config-schema.ts";
import { configShow } from "./config-show.ts";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { drill } from "./drill.ts";
import { eventsExport } from "./events-export.ts";
import { eventsTail } from "./events-tail.ts";
import { eventsVerify } from "./events-verify.ts";
import { explain } from "./explain.ts";
import { gatewayRun } from "./gateway-run.ts";
import { gridWatch } from "./grid-watch.ts";
import { init } from "./init.ts";
import { policyCoverage } from "./policy-coverage.ts";
import { policyLint } from "./policy-lint.ts";
import { policyTest } from "./policy-test.ts";
import { receiptsExport } from "./receipts-export.ts";
import { receiptsRotate } from "./receipts-rotate.ts";
import { receiptsVerify } from "./receipts-verify.ts";
import { replay } from "./replay.ts";
import { report } from "./report.ts";
import { version } from "./version.ts";

/** Every command, in the order of `weir --help`. */
export const commands = {
  demo,
  init,
  gatewayRun,
  policyLint,
  policyTest,
  policyCoverage,
  configShow,
  configSchema,
  doctor,
  drill,
  gridWatch,
  eventsTail,
  eventsExport,
  eventsVerify,
  explain,
  replay,
  report,
  receiptsVerify,
  receiptsExport,
  receiptsRotate,
  adminToken,
  version,
};

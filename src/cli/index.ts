import { adminToken } from "./admin-token.ts";
import { eventsExport } from "./events-export.ts";
import { eventsTail } from "./events-tail.ts";
import { eventsVerify } from "./events-verify.ts";
import { explain } from "./explain.ts";
import { gatewayRun } from "./gateway-run.ts";
import { version } from "./version.ts";

/** Every command, in the order of `weir --help`. */
export const commands = {
  gatewayRun,
  eventsTail,
  eventsExport,
  eventsVerify,
  explain,
  adminToken,
  version,
};

import type { RequestContext } from "../../lib/context.ts";
import { answersHoldText } from "../../lib/extract.ts";
import type { Parsed } from "../../lib/json/json.ts";
import type { Writable } from "../../lib/writable.ts";
import type { RequestRecord } from "../record.ts";

/** What the body says of itself that others need to know. */
export function takeIn({ value }: Parsed, context: Writable<RequestContext>, record: RequestRecord): void {
  context.stream = value["stream"] === true && answersHoldText(context.endpoint);
  record.model = typeof value["model"] === "string" ? value["model"] : null;
}

import { Type } from "@sinclair/typebox";
import { GatewayError } from "../../lib/errors.ts";
import { isObject, type JsonObject } from "../../lib/json/json.ts";
import { ESCALATION_STATES, Escalation, EscalationState } from "../../schema/escalation.ts";
import { Closed } from "../../schema/shapes.ts";
import type { ServerOptions } from "../options.ts";
import { textOf } from "../request-text.ts";
import { type Call, json, type Parameter, type Route } from "../route.ts";
import { badParameter, limitOf } from "./query.ts";
import { ADMIN, accessBy } from "./route-facts.ts";

const MOST = 1000;
const USUAL = 100;
/** Longest body of a decision. */
const MAX_BYTES = 16_384;

const List = Closed({ escalations: Type.Array(Escalation) });
const Decided = Closed({
  name: Type.String({ description: "who decides; the ledger keeps it", minLength: 1, maxLength: 200 }),
  reason: Type.String({ description: "why; the ledger keeps it", minLength: 1, maxLength: 2000 }),
});
const ID: Parameter = { name: "id", in: "path", schema: Type.String(), description: "The escalation_id" };
const FILTERS: readonly Parameter[] = [
  { name: "state", in: "query", schema: EscalationState, description: "Only those; left out: all" },
  {
    name: "limit",
    in: "query",
    schema: Type.Integer({ minimum: 1, maximum: MOST, default: USUAL }),
    description: "At most so many, newest first",
  },
];

/** `/api/escalations`: requests that wait for a person, and what the person says. */
export function escalationsRoutes({ escalations, recordAccess }: ServerOptions): Route[] {
  const decision = (word: "approve" | "reject"): Route => ({
    ...ADMIN,
    method: "POST",
    path: `/api/escalations/:id/${word}`,
    summary:
      word === "approve"
        ? "Lets the same caller send the identical request once"
        : "Refuses a request that waits for a person",
    parameters: [ID],
    body: { description: "Who decides, and why", schema: Decided },
    answer: { description: "The escalation as it is now", schema: Escalation },
    errors: ["invalid_json", "invalid_request", "not_found", "request_too_large"],
    handle: async (call) => {
      const { name: by, reason } = await decisionOf(call);
      const state = word === "approve" ? "approved" : "rejected";
      return json(await escalations.decide(call.params["id"] ?? "", { state, by, reason }));
    },
  });
  return [
    {
      ...ADMIN,
      method: "GET",
      path: "/api/escalations",
      summary: "Requests that wait for a person, newest first",
      parameters: FILTERS,
      answer: { description: "The escalations", schema: List },
      errors: ["invalid_request"],
      handle: async (call) => {
        const query = queryOf(call.query);
        await recordAccess(accessBy(call));
        return json({ escalations: await escalations.list(query) });
      },
    },
    {
      ...ADMIN,
      method: "GET",
      path: "/api/escalations/:id",
      summary: "One request that waits for a person, or waited",
      parameters: [ID],
      answer: { description: "The escalation", schema: Escalation },
      errors: ["not_found"],
      handle: async (call) => {
        const id = call.params["id"] ?? "";
        await recordAccess(accessBy(call, { id }));
        const found = await escalations.find(id);
        if (found !== null) return json(found);
        throw new GatewayError("not_found", `There is no escalation with the id "${id.slice(0, 128)}"`);
      },
    },
    decision("approve"),
    decision("reject"),
  ];
}

function queryOf(query: URLSearchParams): { state?: EscalationState; limit: number } {
  const asked = query.get("state");
  const state = ESCALATION_STATES.find((each) => each === asked);
  if (asked !== null && state === undefined)
    throw badParameter("state", `must be one of ${ESCALATION_STATES.join(", ")}`);
  return { limit: limitOf(query, { most: MOST, usual: USUAL }), ...(state === undefined ? {} : { state }) };
}

async function decisionOf({ request }: Call): Promise<{ name: string; reason: string }> {
  const text = await textOf(request, MAX_BYTES);
  const value = objectIn(text);
  const given = (member: "name" | "reason", most: number): string => {
    const said = value[member];
    if (typeof said === "string" && said.trim() !== "" && said.length <= most) return said.trim();
    throw invalid(member, `must be a text of 1 to ${most} characters: the ledger keeps who decided, and why`);
  };
  for (const key of Object.keys(value)) {
    if (key !== "name" && key !== "reason") throw invalid(key, "is unknown: a decision has name and reason");
  }
  return { name: given("name", 200), reason: given("reason", 2000) };
}

function objectIn(text: string): JsonObject {
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch (cause) {
    throw new GatewayError("invalid_json", "The body is no JSON: send {name, reason}", { cause });
  }
  if (isObject(value)) return value;
  throw new GatewayError("invalid_json", "The body is no JSON object: send {name, reason}");
}

function invalid(param: string, what: string): GatewayError {
  return new GatewayError("invalid_request", `"${param.slice(0, 64)}" ${what}`, { param });
}

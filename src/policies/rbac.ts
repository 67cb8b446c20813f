import { type Static, Type } from "@sinclair/typebox";
import type { RequestContext } from "../lib/context.ts";
import type { JsonObject } from "../lib/json/json.ts";
import { HEADER_NAME, IDENTIFIER } from "../schema/config/values.ts";
import { Closed, oneOf } from "../schema/shapes.ts";
import { block, endOfStream, type Stop, shownTool } from "./_blocked-answer.ts";
import { ALLOW, type OptionFault, type Policy, type PolicyModule } from "./policy.ts";
import { roleModels } from "./rbac/models.ts";
import { declaredSensitivity, isAbove, SENSITIVITIES, type Sensitivity } from "./rbac/sensitivity.ts";
import { Globs, inBoth, type RoleTools, roleTools } from "./tools/role-tools.ts";
import { toolGate } from "./tools/tool-gate.ts";
import { answerCalls, requestTools } from "./tools/tool-uses.ts";

const perRole = { additionalProperties: false, expects: "the name of a role" };
const RoleName = Type.String({ pattern: IDENTIFIER });

const Role = Closed({
  allowed_tools: Type.Optional(
    Globs("Tools that may be offered and called (* and ? as wildcards); left out: every tool, empty: none"),
  ),
  denied_tools: Type.Optional(Globs("Tools that may not, whatever is allowed")),
  allowed_models: Type.Optional(Globs("Models that may be asked for, by the names callers use; left out: every one")),
});

const Options = Closed({
  deny_if_missing: Type.Union([Type.Boolean(), Type.Array(Type.String({ pattern: HEADER_NAME }))], {
    default: false,
    expects: "true, false, or a list of names of HTTP headers",
    description: "true: a caller without a role is refused; a list: a request without one of these headers is",
  }),
  require_auth: Type.Boolean({ default: false, description: "Only callers with a consumer's key" }),
  roles: Type.Record(RoleName, Role, {
    ...perRole,
    default: {},
    description: "What the roles of consumers[].roles may do; who has none of them may use no tool",
  }),
  data_access: Type.Record(
    RoleName,
    Closed({ max_sensitivity: oneOf(SENSITIVITIES, { description: "The most sensitive" }) }),
    {
      ...perRole,
      default: {},
      description: "The most sensitive data each role may send, by what the caller says in x-data-sensitivity",
    },
  ),
  minimum_necessary: Type.Optional(
    Closed(
      {
        enabled: Type.Boolean({ default: false, description: "Cannot be had yet: it needs detection of health data" }),
        allowed_phi_roles: Type.Array(Type.String(), { default: [], description: "Cannot be had yet either" }),
      },
      { description: "Only the health data that a role needs; cannot be had yet" },
    ),
  ),
});
type Options = Static<typeof Options>;

/**
 * Says who may use which tools and models. Roles are those of `consumers[].roles`, never a header's: without consumers
 * nobody has one. A caller of several roles may do what any of them may, but nothing that one of them is denied. Tools
 * are checked where a request offers, chooses or recalls them and where an answer calls them, streams included.
 *
 * Reason codes: `rbac.auth_required`, `rbac.identity_missing` (a header), `rbac.role_missing`,
 * `rbac.model_not_allowed`, `rbac.tool_not_allowed`, `rbac.data_access_denied`.
 */
export const rbac: PolicyModule<"rbac", typeof Options> = {
  name: "rbac",
  summary: "Says which roles may use which tools and models, and how sensitive their data may be",
  phases: ["input", "tool"],
  content: false,
  options: Options,
  check(options) {
    const faults: OptionFault[] = [];
    if (options.minimum_necessary?.enabled === true) {
      const message = "minimum_necessary cannot be enforced by this version: nothing here tells health data apart";
      faults.push({ path: ["minimum_necessary", "enabled"], message });
    }
    for (const [role, { allowed_tools, denied_tools }] of Object.entries(options.roles)) {
      for (const tool of inBoth(allowed_tools, denied_tools)) {
        const message = `${JSON.stringify(tool)} is in allowed_tools and in denied_tools: keep it in one of them`;
        faults.push({ path: ["roles", role, "denied_tools"], message });
      }
    }
    return faults;
  },
  effects(options) {
    const { deny_if_missing: missing, require_auth, data_access } = options;
    const headers = missing === true || (Array.isArray(missing) && missing.length > 0);
    const callers =
      require_auth || headers || Object.keys(data_access).length > 0 || roleModels(options.roles) !== null;
    const tools = roleTools(rulesOf(options)) === null ? "none" : "blocks";
    return {
      request: callers ? "blocks" : "none",
      tool_definition: tools,
      tool_call: tools,
      tool_result: tools,
    };
  },
  create(options): Policy {
    const tools = roleTools(rulesOf(options));
    const models = roleModels(options.roles);
    return {
      request: (parsed, _places, context) =>
        refusedCaller(options, context, tools) ??
        models?.refusal(parsed, context) ??
        refusedData(options, parsed.value, context) ??
        refusedTool(tools, context, requestTools(parsed.value)) ??
        ALLOW,
      ...(models === null ? {} : { targets: models.filter }),
      ...(tools === null ? {} : answersOf(tools)),
    };
  },
};

function rulesOf({ roles }: Options) {
  const rules = Object.entries(roles).map(([role, { allowed_tools: allowed, denied_tools: denied }]) => {
    return [role, { allowed, denied }] as const;
  });
  return Object.fromEntries(rules);
}

function refusedCaller(
  { require_auth, deny_if_missing: missing }: Options,
  { consumer, roles = [], headers }: RequestContext,
  tools: RoleTools | null,
): Stop | null {
  if (require_auth && consumer === null) return block("rbac.auth_required", "only callers with a key may ask");
  if (missing === true && (tools === null ? roles : tools.known(roles)).length === 0) {
    return block("rbac.role_missing", "the caller has no role that is known here");
  }
  if (typeof missing === "boolean") return null;
  const absent = missing.find((name) => (headers?.get(name) ?? "").trim() === "");
  return absent === undefined ? null : block("rbac.identity_missing", `the header ${absent} must be sent`);
}

function refusedData({ data_access: access }: Options, body: JsonObject, context: RequestContext): Stop | null {
  if (Object.keys(access).length === 0) return null;
  const said = declaredSensitivity(body, context.headers);
  let most: Sensitivity = "public";
  for (const role of context.roles ?? []) {
    const own = Object.hasOwn(access, role) ? access[role]?.max_sensitivity : undefined;
    if (own !== undefined && isAbove(own, most)) most = own;
  }
  if (!isAbove(said, most)) return null;
  return block("rbac.data_access_denied", `the caller may send ${most} data at most, this request says ${said}`);
}

function refusedTool(
  tools: RoleTools | null,
  { roles = [] }: RequestContext,
  uses: readonly { readonly name: string }[],
): Stop | null {
  const refused = uses.find(({ name }) => tools?.mayUse(roles, name) === false);
  return refused === undefined
    ? null
    : block("rbac.tool_not_allowed", `the caller's roles do not allow ${shownTool(refused.name)}`);
}

function answersOf(tools: RoleTools): Pick<Policy, "response" | "stream"> {
  return {
    response: ({ value }, _places, context) => refusedTool(tools, context, answerCalls(value)) ?? ALLOW,
    stream: (context) =>
      toolGate({
        named(name) {
          const refused = refusedTool(tools, context, [{ name }]);
          if (refused !== null) throw endOfStream(refused);
        },
        malformed(why) {
          throw endOfStream(block("rbac.tool_not_allowed", `a tool call cannot be checked: ${why}`));
        },
      }),
  };
}

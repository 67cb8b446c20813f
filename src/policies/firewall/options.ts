import { type Static, Type } from "@sinclair/typebox";
import { IDENTIFIER } from "../../schema/config/values.ts";
import { Closed } from "../../schema/shapes.ts";
import type { Covered, Effect, OptionFault } from "../policy.ts";
import { Globs, inBoth } from "../tools/role-tools.ts";

const money = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }));

const RoleTools = Closed({
  allowed: Type.Optional(Globs("Tools of the role; left out: every tool that is not denied")),
  denied: Type.Optional(Globs("Tools the role may not use, whatever is allowed")),
});

const KillSwitches = Closed({
  halt_all: Type.Boolean({ default: false, description: "No tool may be offered or called" }),
  tools: Globs("Tools that may not be offered or called", { default: [] }),
  max_errors_before_halt: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: "Refusals in a session, or failed tool results in a row, after which it gets no more tools",
    }),
  ),
  halt_on_suspicious_pattern: Type.Boolean({
    default: false,
    description: "Calls whose arguments destroy files or tables, run fetched code or read credentials are blocked",
  }),
  halt_on_pii_in_action: Type.Boolean({
    default: false,
    description: "Calls whose arguments hold personal data or secrets (what pii-detector finds) are blocked",
  }),
});

/** What `policy.agent-firewall` may say. */
export const FirewallOptions = Closed({
  allowed_tools: Type.Optional(
    Globs("Tools that may be offered and called (* and ? as wildcards); left out: every tool, empty: none"),
  ),
  blocked_tools: Globs("Tools that may not, whatever is allowed", { default: [] }),
  tools: Type.Optional(
    Closed(
      {
        roles: Type.Record(Type.String({ pattern: IDENTIFIER }), Type.Union([Globs("Tools of the role"), RoleTools]), {
          additionalProperties: false,
          expects: "the name of a role",
          description: "Tools by the roles of consumers[].roles; who has none of them may use none",
        }),
      },
      { description: "Who may use which tools" },
    ),
  ),
  rate_limits: Type.Record(Type.String({ pattern: "^[^\\r\\n]{1,200}$" }), Type.Integer({ minimum: 0 }), {
    additionalProperties: false,
    default: {},
    expects: "the name of a tool (* and ? as wildcards), or default",
    description:
      "Calls of a consumer within any 60 seconds, by tool: one that has wildcards counts its tools together, default counts each tool that no other names",
  }),
  max_actions_per_session: Type.Optional(
    Type.Integer({ minimum: 0, description: "Tool calls of one session (x-session-id, user, or the conversation)" }),
  ),
  transaction_limits: Type.Optional(
    Closed(
      {
        max_single_transaction: money("Largest amount one call may move"),
        max_daily_total: money("What the calls of a consumer may move on one day (UTC)"),
        require_approval_above: money("A call that moves more waits for a person"),
      },
      { description: "What calls of tools may move, by the amounts among their arguments" },
    ),
  ),
  kill_switches: Type.Optional(
    Type.Union([Globs("Tools that may not be offered or called"), KillSwitches], {
      description: "Tools that are off, or what switches them off",
    }),
  ),
});
export type FirewallOptions = Static<typeof FirewallOptions>;

/** Kill switches in their long form, every one with a value. */
export function switchesOf({ kill_switches: given }: FirewallOptions): Static<typeof KillSwitches> {
  const none = { halt_all: false, tools: [], halt_on_suspicious_pattern: false, halt_on_pii_in_action: false };
  return Array.isArray(given) ? { ...none, tools: given } : { ...none, ...given };
}

/** Contradictions: lint findings E007. */
export function firewallFaults(options: FirewallOptions): readonly OptionFault[] {
  const faults: OptionFault[] = [];
  const doubled = (path: readonly string[], tools: readonly string[]): void => {
    for (const tool of tools) {
      faults.push({ path, message: `${JSON.stringify(tool)} is allowed and refused at once: keep it in one list` });
    }
  };
  doubled(["blocked_tools"], inBoth(options.allowed_tools, options.blocked_tools));
  for (const [role, rules] of Object.entries(options.tools?.roles ?? {})) {
    if (!Array.isArray(rules)) doubled(["tools", "roles", role, "denied"], inBoth(rules.allowed, rules.denied));
  }
  const { max_single_transaction: most, require_approval_above: approval } = options.transaction_limits ?? {};
  if (most !== undefined && approval !== undefined && approval >= most) {
    const message = `${approval} is not below max_single_transaction (${most}), which blocks it first: nobody would be asked`;
    faults.push({ path: ["transaction_limits", "require_approval_above"], message });
  }
  return faults;
}

/** What it does where: names are judged wherever tools are defined or called, the rest where it is counted. */
export function firewallEffects(options: FirewallOptions): Partial<Record<Covered, Effect>> {
  const switches = switchesOf(options);
  const { allowed_tools: allowed, blocked_tools: blocked, tools } = options;
  const off = switches.halt_all || switches.tools.length > 0;
  const names = allowed !== undefined || blocked.length > 0 || tools !== undefined || off;
  const halts = switches.max_errors_before_halt !== undefined;
  const sessions = options.max_actions_per_session !== undefined || halts;
  const counted = Object.keys(options.rate_limits).length > 0 || options.transaction_limits !== undefined;
  const inputs = switches.halt_on_suspicious_pattern || switches.halt_on_pii_in_action;
  const when = (held: boolean): Effect => (held ? "blocks" : "none");
  return {
    tool_definition: when(names || sessions),
    tool_call: when(names || sessions || counted || inputs),
    tool_result: when(names || sessions),
  };
}

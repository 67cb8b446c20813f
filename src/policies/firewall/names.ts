import type { RequestContext } from "../../lib/context.ts";
import { block, type Stop, shownTool } from "../_blocked-answer.ts";
import { nameList, refusedNames } from "../tools/name-list.ts";
import { roleTools } from "../tools/role-tools.ts";
import { MAX_NAME_UNITS } from "../tools/tool-uses.ts";
import { type FirewallOptions, switchesOf } from "./options.ts";

/** Why a tool may not be used by its name, or null. */
export type NameCheck = (name: string, context: RequestContext) => Stop | null;

/** Compiles everything that a name alone decides. */
export function nameCheck(options: FirewallOptions): NameCheck {
  const switches = switchesOf(options);
  const off = refusedNames(switches.tools);
  const blocked = refusedNames(options.blocked_tools);
  const allowed = options.allowed_tools === undefined ? null : nameList(options.allowed_tools);
  const roles = roleTools(rulesOf(options));
  return (name, context) => {
    const tool = shownTool(name);
    if (switches.halt_all) return block("agent_firewall.kill_switch", "all tools are switched off");
    if (name === "") return block("agent_firewall.malformed_tool_call", "a tool is used without its name");
    if (name.length > MAX_NAME_UNITS) {
      const message = `the name of a tool is longer than ${MAX_NAME_UNITS} characters`;
      return block("agent_firewall.malformed_tool_call", message);
    }
    if (off(name)) return block("agent_firewall.kill_switch", `${tool} is switched off`);
    if (blocked(name)) return block("agent_firewall.blocked_tool", `${tool} is blocked`);
    if (allowed?.(name) === false) return block("agent_firewall.tool_not_allowed", `${tool} is not allowed`);
    if (roles === null) return null;
    const own = roles.known(context.roles ?? []);
    if (own.length === 0) return block("agent_firewall.role_required", `${tool} needs a role that the caller has not`);
    return roles.mayUse(own, name)
      ? null
      : block("agent_firewall.role_tool_not_allowed", `the caller's roles do not allow ${tool}`);
  };
}

function rulesOf({ tools }: FirewallOptions) {
  const rules = Object.entries(tools?.roles ?? {}).map(([role, given]) => {
    return [role, Array.isArray(given) ? { allowed: given } : given] as const;
  });
  return Object.fromEntries(rules);
}

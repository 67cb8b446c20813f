import type { RequestContext } from "../../lib/context.ts";
import type { Parsed } from "../../lib/json/json.ts";
import { block, type Stop } from "../_blocked-answer.ts";
import type { TargetFilter } from "../policy.ts";
import { type NameList, nameList } from "../tools/name-list.ts";

/** What one role says of models. */
interface ModelRules {
  /** Globs; left out: every model. */
  readonly allowed_models?: readonly string[] | undefined;
}

/** Which models roles may ask for. */
export interface RoleModels {
  /** Why the model that is asked for may not be; null: it may. */
  refusal(parsed: Parsed, context: RequestContext): Stop | null;
  /** Leaves out what would answer with another model; null: the caller may ask every one. */
  filter(parsed: Parsed, context: RequestContext): TargetFilter | null;
}

/** Compiles the lists of all roles; null where no role has one. Who has none of the roles may then ask none. */
export function roleModels(rules: Readonly<Record<string, ModelRules>>): RoleModels | null {
  const lists = new Map<string, NameList | null>();
  for (const [role, { allowed_models: list }] of Object.entries(rules)) {
    lists.set(role, list === undefined ? null : nameList(list));
  }
  if (![...lists.values()].some((list) => list !== null)) return null;
  /** Null: every model. */
  const listOf = (own: readonly string[] = []): NameList | null => {
    const theirs = own.flatMap((role) => (lists.has(role) ? [lists.get(role)!] : []));
    return theirs.some((list) => list === null) ? null : (name) => theirs.some((list) => list?.(name) === true);
  };
  const message = "the caller's roles do not allow this model";
  return {
    refusal({ value }, context) {
      const asked = value["model"];
      if (typeof asked !== "string" || listOf(context.roles)?.(asked) !== false) return null;
      return block("rbac.model_not_allowed", message);
    },
    filter({ value }, context) {
      const list = listOf(context.roles);
      return list === null ? null : modelFilter(list, value["model"], message);
    },
  };
}

/** Leaves out targets that would answer with a model that is not allowed, when others fail. */
function modelFilter(list: NameList, asked: unknown, message: string): TargetFilter {
  let seen = 0;
  let dropped = 0;
  return {
    objection({ id, model, names, inGroup }) {
      seen++;
      const serves = inGroup || (typeof asked === "string" && names.includes(asked));
      if (serves || list(model) || list(id)) return null;
      dropped++;
      return "model not allowed for the caller's roles";
    },
    verdict: () => (seen > 0 && seen === dropped ? block("rbac.model_not_allowed", message) : { action: "allow" }),
  };
}

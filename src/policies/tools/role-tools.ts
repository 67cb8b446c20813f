import { Type } from "@sinclair/typebox";
import { type NameList, nameList, refusedNames } from "./name-list.ts";

/** A list of names in which `*` and `?` are wildcards, for a schema. */
export const Globs = (description: string, options: Record<string, unknown> = {}) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { description, ...options });

/** What one role may use, as somebody wrote it down. */
export interface RoleRules {
  /** Globs; left out: every tool that is not denied. */
  readonly allowed?: readonly string[] | undefined;
  /** Globs that win over what is allowed. */
  readonly denied?: readonly string[] | undefined;
}

interface CompiledRole {
  readonly allows: NameList;
  readonly denies: NameList;
}

/** The tools of roles. */
export interface RoleTools {
  /** Whether whoever has these roles may use a tool: one of them allows it, and none denies it. */
  mayUse(roles: readonly string[], tool: string): boolean;
  /** Which of these roles have rules here. */
  known(roles: readonly string[]): readonly string[];
}

/** Compiles the rules of all roles; null where there are none. Who has no role that is named here may use no tool. */
export function roleTools(rules: Readonly<Record<string, RoleRules>>): RoleTools | null {
  const compiled = new Map<string, CompiledRole>();
  for (const [role, { allowed, denied }] of Object.entries(rules)) {
    compiled.set(role, { allows: nameList(allowed ?? ["*"]), denies: refusedNames(denied ?? []) });
  }
  if (compiled.size === 0) return null;
  return {
    mayUse(roles, tool) {
      const own = roles.flatMap((role) => compiled.get(role) ?? []);
      return own.some(({ allows }) => allows(tool)) && !own.some(({ denies }) => denies(tool));
    },
    known: (roles) => roles.filter((role) => compiled.has(role)),
  };
}

/** Tools that are named in both lists of a role, or of all: one of them cannot be meant. */
export function inBoth(allowed: readonly string[] = [], denied: readonly string[] = []): readonly string[] {
  return allowed.filter((tool) => denied.includes(tool));
}

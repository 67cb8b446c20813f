import { showPath } from "../../lib/json/json.ts";
import type { SecretRef } from "../../schema/config/values.ts";
import { member, type Node, textOf } from "../layers/tree.ts";
import type { LintCode } from "../problem.ts";
import { resolveSecret } from "../secret-ref.ts";
import { secretRefs } from "./contradictions.ts";
import { type FoundMap, type Inspection, reportAt } from "./inspection.ts";

/** What a variable's name may be; the schema refuses others. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Letters and digits in turns, without the underscores that names are made readable with. */
const KEY_ITSELF = /^(?=[A-Za-z]*[0-9]+[A-Za-z]+[0-9])[A-Za-z0-9]{24,}$/;

/**
 * References that hold a key instead of naming it: `env: ${MISTRAL_API_KEY}` expands to the key, and a key that was
 * pasted is a valid name. Both are errors that do not repeat it; taken for a name, it would stand in logs and answers.
 */
export function checkSecretRefs(inspection: Inspection): void {
  for (const ref of secretRefs(inspection.root)) {
    const misread = misreadRef(inspection, ref);
    if (misread === undefined) continue;
    const { key, code, message, suggestion, node } = misread;
    reportAt(inspection, code, { node, path: [...ref.path, key], message, suggestion });
  }
}

/** Whether this reference may hold a key: it is reported as an error already, and nothing else may say what it holds. */
export function isMisread(inspection: Inspection, ref: FoundMap): boolean {
  const name = textOf(member(ref.node, "env"));
  if (name !== undefined && !NAME.test(name)) return true;
  return misreadRef(inspection, ref) !== undefined;
}

interface Misread {
  readonly key: "env" | "file";
  readonly node: Node;
  readonly code: LintCode;
  readonly message: string;
  readonly suggestion?: string;
}

function misreadRef(inspection: Inspection, { node: ref, path }: FoundMap): Misread | undefined {
  for (const key of ["env", "file"] as const) {
    const node = member(ref, key);
    const text = textOf(node);
    if (node === undefined || text === undefined || (key === "env" && !NAME.test(text))) continue;
    if (resolveSecret({ [key]: text } as SecretRef, inspection) !== null) continue;
    const at = showPath([...path, key]);
    const variables = variablesOf(node);
    // a path made of a variable is a path, even where nothing is there
    if (variables.length > 0 && (key === "env" || !/[/\\]/.test(text))) {
      const [first] = variables;
      const message = `${at} expands \${${first}} and finds nothing by that name: it takes the name, not the secret itself`;
      return {
        key,
        node,
        code: "E003",
        message,
        ...(key === "env" && first !== undefined ? { suggestion: first } : {}),
      };
    }
    if (key === "env" && KEY_ITSELF.test(text)) {
      const message = `${at} must be the name of an environment variable, such as MISTRAL_API_KEY, not what looks like a key itself`;
      return { key, node, code: "E005", message };
    }
  }
  return undefined;
}

function variablesOf(node: Node): readonly string[] {
  return "variables" in node.origin ? (node.origin.variables ?? []) : [];
}

import { isObject } from "../../lib/json/json.ts";
import { isShortId, shortId } from "../_tool-call-id.ts";

/**
 * Mistral's name for every tool-call id of a conversation that it would refuse (error 3280). The same id gives the same
 * name in every turn, so a call and its result stay linked; ids it takes stay as they are, and no two ids share a name.
 * Null where no id needs one. Nothing has to be turned round: answers carry Mistral's own ids, which come back unchanged.
 */
export function mistralToolIds(messages: readonly unknown[]): ReadonlyMap<string, string> | null {
  const foreign = new Set<string>();
  const taken = new Set<string>();
  forEachId(messages, (id) => (isShortId(id) ? taken : foreign).add(id));
  if (foreign.size === 0) return null;
  const names = new Map<string, string>();
  for (const id of foreign) {
    let name = shortId(id);
    for (let again = 1; taken.has(name); again++) name = shortId(`${id}#${again}`);
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

function forEachId(messages: readonly unknown[], visit: (id: string) => void): void {
  for (const message of messages) {
    if (!isObject(message)) continue;
    if (typeof message["tool_call_id"] === "string") visit(message["tool_call_id"]);
    const calls = message["tool_calls"];
    if (!Array.isArray(calls)) continue;
    for (const call of calls) if (isObject(call) && typeof call["id"] === "string") visit(call["id"]);
  }
}

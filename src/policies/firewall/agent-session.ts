import type { RequestContext } from "../../lib/context.ts";
import type { JsonObject } from "../../lib/json/json.ts";
import { messagesOf } from "../tools/tool-uses.ts";

/** Headers that name a session, the first that is there counts. */
const SESSION_HEADERS = ["x-session-id", "x-claude-code-session-id"] as const;

/**
 * Which session a request belongs to: the one its header names; else that of its `user` (`safety_identifier`); else the
 * conversation, known by its messages up to the first one of a user, which an agent sends again with every step. Sessions
 * of different consumers are never the same.
 */
export function sessionOf(body: JsonObject, { consumer, headers }: RequestContext): string {
  const named = SESSION_HEADERS.map((name) => headers?.get(name)).find((value) => value !== null && value !== "");
  const user = [body["user"], body["safety_identifier"]].find((value) => typeof value === "string" && value !== "");
  const own = named != null ? ["header", named] : user !== undefined ? ["user", user] : ["opening", opening(body)];
  return new Bun.CryptoHasher("sha256").update(JSON.stringify([consumer, ...own])).digest("base64");
}

function opening(body: JsonObject): unknown {
  const messages = messagesOf(body);
  const first = messages.findIndex(({ role }) => role === "user");
  return messages.slice(0, Math.max(1, first + 1)).map(({ role, content }) => [role, content]);
}

import type { AdminDoor } from "../auth.ts";
import type { Sessions } from "./session.ts";

/** What all routes of the console have in common. */
export const CONSOLE = { openAi: false, tag: "Console", errors: [] } as const;

/** An answer that is a page. */
export const PAGE = { description: "A page", mediaTypes: ["text/html"] } as const;

/** What the console's routes need beside the server's options. */
export interface ConsoleParts {
  readonly sessions: Sessions;
  readonly door: AdminDoor;
}

/** Sends a browser to another page. */
export function redirect(location: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store", ...headers } });
}

import { Type } from "@sinclair/typebox";
import type { GatewayError } from "../../lib/errors.ts";
import { notFound } from "../not-found.ts";
import type { ServerOptions } from "../options.ts";
import type { Call, Route } from "../route.ts";
import { assets, fileAnswer } from "./assets.ts";
import { loginRoutes } from "./login-routes.ts";
import { noTokenPage, shellPage } from "./page.ts";
import { CONSOLE, type ConsoleParts, PAGE, redirect } from "./route-facts.ts";

/** `/console`: the log-in, and the page with its two files behind it. */
export function consoleRoutes(options: ServerOptions, parts: ConsoleParts): Route[] {
  return [...loginRoutes(options, parts), ...pageRoutes(options, parts)];
}

/** Where a browser is sent instead of the error that a program gets: to log in, or from `/` to the console; null: nowhere. */
export function pageInstead({ request, path, query }: Omit<Call, "params">, error: GatewayError): Response | null {
  const isPage = request.headers.get("accept")?.includes("text/html") === true && request.method === "GET";
  if (isPage && path === "/" && error.code === "not_found") return redirect("/console");
  if (!isPage || !(path === "/console" || path.startsWith("/console/"))) return null;
  if (error.code === "admin_token_missing") return noTokenPage();
  if (error.code !== "invalid_api_key") return null;
  const asked = query.size === 0 ? path : `${path}?${query}`;
  const next = asked === "/console" ? "" : `?next=${encodeURIComponent(asked)}`;
  return redirect(`/console/login${next}`);
}

function pageRoutes({ build }: ServerOptions, { door }: ConsoleParts): Route[] {
  const facts = { ...CONSOLE, method: "GET", access: "admin" } as const;
  const shell = async ({ request }: Call): Promise<Response> => {
    const { script, style } = await assets();
    const csrf = door.session(request.headers)?.csrf ?? "";
    return shellPage({ csrf, version: build.version, script: script.name, style: style.name });
  };
  return [
    { ...facts, path: "/console", summary: "The console", answer: PAGE, handle: shell },
    {
      ...facts,
      path: "/console/*",
      summary: "A page of the console, or one of its files",
      parameters: [{ name: "*", in: "path", schema: Type.String(), description: "Page or file" }],
      answer: PAGE,
      errors: ["not_found"],
      handle: async (call) => {
        const name = call.path.slice("/console/".length);
        if (!/\.\w+$/.test(name)) return shell(call);
        const { script, style } = await assets();
        const asset = [script, style].find((each) => each.name === name);
        if (asset === undefined) throw notFound(call.request.method, call.path);
        return fileAnswer(asset, call.request.headers);
      },
    },
  ];
}

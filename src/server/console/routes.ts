import { Type } from "@sinclair/typebox";
import { consoleFiles } from "../../console/files.ts";
import { addressKey } from "../../gateway/admission/address.ts";
import { sha256Hex } from "../../lib/digest.ts";
import type { GatewayError } from "../../lib/errors.ts";
import { type AdminDoor, matches } from "../auth.ts";
import { isForeign } from "../foreign-site.ts";
import { notFound } from "../not-found.ts";
import type { ServerOptions } from "../options.ts";
import { textOf } from "../request-text.ts";
import type { Call, Route } from "../route.ts";
import { LoginLimit } from "./login-limit.ts";
import { loginPage, noTokenPage, PAGE_HEADERS, shellPage } from "./page.ts";
import { type Sessions, setCookie } from "./session.ts";

/** A log-in form holds a token and a path. */
const MAX_FORM_BYTES = 8_192;
const FACTS = { openAi: false, tag: "Console", errors: [] } as const;
/** What a log-in is answered with by other statuses than 200. */
const LOGIN_ANSWERS = {
  303: "Logged in: to the console, or to next",
  401: "That is not the admin token",
  403: "Another site sent the form",
  429: "Too many log-ins failed; retry-after says how long to wait",
  503: "There is no admin token yet: how to make one",
} as const;
const PAGE = { description: "A page", mediaTypes: ["text/html"] } as const;

/** What the console's routes need beside the server's options. */
export interface ConsoleParts {
  readonly sessions: Sessions;
  readonly door: AdminDoor;
}

/** `/console`: the log-in, and the page with its two files behind it. */
export function consoleRoutes(options: ServerOptions, parts: ConsoleParts): Route[] {
  return [...loginRoutes(options, parts), ...pageRoutes(options, parts)];
}

/** What a page says that was open when its session ended. */
const ENDED = {
  status: 200,
  message: "Your log-in has ended: twelve hours are over, the gateway was started anew, or its token is another one.",
};

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

function redirect(location: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store", ...headers } });
}

function loginRoutes({ clock, log, adminHash }: ServerOptions, { sessions, door }: ConsoleParts): Route[] {
  const limit = new LoginLimit(clock);
  const login = async (call: Call): Promise<Response> => {
    const hash = adminHash();
    if (hash === null) return noTokenPage();
    const { request, requestId, path } = call;
    const address = addressKey(call.peer.address());
    if (isForeign(request.headers)) return loginPage("", refusal(403, "Another site sent this form: log in here."));
    const waitMs = limit.waitMs(address);
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      const page = loginPage("", refusal(429, `Too many log-ins failed: try again in ${seconds} seconds.`));
      page.headers.set("retry-after", String(seconds));
      return page;
    }
    const form = new URLSearchParams(await textOf(request, MAX_FORM_BYTES));
    const next = safeNext(form.get("next"));
    if (matches(form.get("token")?.trim() ?? null, hash)) {
      const secure = isSecure(request);
      log.info({ request_id: requestId, address }, "somebody logged in to the console");
      return redirect(next === "" ? "/console" : next, { "set-cookie": setCookie(sessions.open(hash), secure) });
    }
    limit.failed(address);
    log.warn({ request_id: requestId, path, address, reason: "wrong token" }, "admin access refused");
    return loginPage(next, refusal(401, "That is not the admin token."));
  };
  return [
    {
      ...FACTS,
      method: "GET",
      path: "/console/login",
      access: "open",
      summary: "The console's log-in",
      answer: PAGE,
      others: { 303: "Logged in already: to the console", 503: LOGIN_ANSWERS[503] },
      handle: ({ request, query }) => {
        if (adminHash() === null) return noTokenPage();
        const next = safeNext(query.get("next"));
        if (door.session(request.headers) !== null) return redirect(next === "" ? "/console" : next);
        return loginPage(next, query.has("ended") ? ENDED : null);
      },
    },
    {
      ...FACTS,
      method: "POST",
      path: "/console/login",
      access: "open",
      summary: "Logs in: sets the session's cookie, HttpOnly and SameSite=Strict",
      body: { description: "token, and next: where to go", mediaTypes: ["application/x-www-form-urlencoded"] },
      answer: PAGE,
      others: LOGIN_ANSWERS,
      handle: login,
    },
    {
      ...FACTS,
      method: "POST",
      path: "/console/logout",
      access: "admin",
      summary: "Ends the session",
      answer: PAGE,
      others: { 303: "To the log-in" },
      handle: ({ request }) => {
        const session = door.session(request.headers);
        if (session !== null) sessions.close(session);
        return redirect("/console/login", { "set-cookie": setCookie(null, isSecure(request)) });
      },
    },
  ];
}

function pageRoutes({ build }: ServerOptions, { door }: ConsoleParts): Route[] {
  const facts = { ...FACTS, method: "GET", access: "admin" } as const;
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

interface Asset {
  readonly name: string;
  readonly type: string;
  readonly text: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

let kept: Promise<{ script: Asset; style: Asset }> | null = null;

/** Both files under names made of what is in them, compressed once. */
function assets(): Promise<{ script: Asset; style: Asset }> {
  kept ??= consoleFiles().then(({ script, style }) => ({
    script: asset(script, "js", "text/javascript; charset=utf-8"),
    style: asset(style, "css", "text/css; charset=utf-8"),
  }));
  return kept;
}

function asset(text: string, ending: string, type: string): Asset {
  return { name: `console-${sha256Hex(text).slice(0, 16)}.${ending}`, type, text, gzip: Bun.gzipSync(text) };
}

function fileAnswer({ type, text, gzip }: Asset, headers: Headers): Response {
  const packed = /\bgzip\b/.test(headers.get("accept-encoding") ?? "");
  return new Response(packed ? gzip : text, {
    headers: {
      ...PAGE_HEADERS,
      "content-type": type,
      "cache-control": "private, max-age=31536000, immutable",
      vary: "accept-encoding",
      ...(packed ? { "content-encoding": "gzip" } : {}),
    },
  });
}

function refusal(status: number, message: string) {
  return { status, message };
}

/** Only a page of the console: never another site, never a path that a browser reads as one. */
function safeNext(next: string | null): string {
  const isPage = next !== null && /^\/console(?:[/?][\w\-./?=&%+:,~*@!$'()]*)?$/.test(next);
  return isPage && !next.includes("..") && !next.includes("/console/login") ? next : "";
}

/** Whether the browser came by TLS, here or at the proxy in front. */
function isSecure({ url, headers }: Request): boolean {
  return url.startsWith("https:") || headers.get("x-forwarded-proto") === "https";
}

import { addressKey } from "../../gateway/admission/address.ts";
import { matches } from "../auth.ts";
import { isForeign } from "../foreign-site.ts";
import type { ServerOptions } from "../options.ts";
import { textOf } from "../request-text.ts";
import type { Route } from "../route.ts";
import { LoginLimit } from "./login-limit.ts";
import { loginPage, noTokenPage } from "./page.ts";
import { CONSOLE, type ConsoleParts, PAGE, redirect } from "./route-facts.ts";
import { type Sessions, setCookie } from "./session.ts";

/** A log-in form holds a token and a path. */
const MAX_FORM_BYTES = 8_192;
/** What a log-in is answered with by other statuses than 200. */
const LOGIN_ANSWERS = {
  303: "Logged in: to the console, or to next",
  401: "That is not the admin token",
  403: "Another site sent the form",
  429: "Too many log-ins failed; retry-after says how long to wait",
  503: "There is no admin token yet: how to make one",
} as const;

/** What is told to whoever came by the form of another site, or by a proxy that calls us by another name. */
const FOREIGN =
  "Another site sent this form: log in here. A proxy in front must pass the Host header on, or say it as X-Forwarded-Host.";

/** What a page says that was open when its session ended. */
const ENDED = {
  status: 200,
  message: "Your log-in has ended: twelve hours are over, the gateway was started anew, or its token is another one.",
};

/** `/console/login` and `/console/logout`. */
export function loginRoutes(options: ServerOptions, { sessions, door }: ConsoleParts): Route[] {
  const { adminHash } = options;
  const login = loginOf(options, sessions);
  return [
    {
      ...CONSOLE,
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
      ...CONSOLE,
      method: "POST",
      path: "/console/login",
      access: "open",
      summary: "Logs in: sets the session's cookie, HttpOnly and SameSite=Strict",
      body: { description: "token, and next: where to go", mediaTypes: ["application/x-www-form-urlencoded"] },
      answer: PAGE,
      others: LOGIN_ANSWERS,
      errors: ["request_too_large"],
      handle: login,
    },
    {
      ...CONSOLE,
      method: "POST",
      path: "/console/logout",
      access: "admin",
      summary: "Ends the session",
      answer: PAGE,
      others: { 303: "To the log-in" },
      handle: ({ request }) => {
        const session = door.session(request.headers);
        if (session !== null) sessions.close(session);
        return redirect("/console/login", { "set-cookie": setCookie(null, request.headers, isSecure(request)) });
      },
    },
  ];
}

/** Answers a form that was sent. */
function loginOf({ clock, log, adminHash }: ServerOptions, sessions: Sessions): Route["handle"] {
  const limit = new LoginLimit(clock);
  return async (call) => {
    const hash = adminHash();
    if (hash === null) return noTokenPage();
    const { request, requestId, path } = call;
    const address = addressKey(call.peer.address());
    if (isForeign(request.headers)) return loginPage("", refusal(403, FOREIGN));
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
      const cookie = setCookie(sessions.open(hash), request.headers, secure);
      return redirect(next === "" ? "/console" : next, { "set-cookie": cookie });
    }
    limit.failed(address);
    log.warn({ request_id: requestId, path, address, reason: "wrong token" }, "admin access refused");
    return loginPage(next, refusal(401, "That is not the admin token."));
  };
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

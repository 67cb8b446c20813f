import { escapeHtml } from "../docs/escape-html.ts";

/** Colours and shapes of the pages that come before the console itself: small enough to stand in them. */
const STYLE = `:root{color-scheme:light dark;--fg:#15202b;--bg:#f5f7f9;--card:#fff;--line:#c3ccd4;--edge:#7b8894;--accent:#0b6e4f;--on:#fff;--bad:#a11d1d;--soft:#4d5b68}
@media(prefers-color-scheme:dark){:root{--fg:#e6edf3;--bg:#0e1419;--card:#161e25;--line:#3a4753;--edge:#7d8b97;--accent:#4fc394;--on:#06261b;--bad:#ff9a8f;--soft:#a3b1bd}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--bg);color:var(--fg);font:16px/1.55 system-ui,sans-serif}
main{width:100%;max-width:27rem;background:var(--card);border:1px solid var(--line);border-radius:.8rem;padding:2rem}
h1{font-size:1.35rem;margin:0 0 .3rem}p{margin:.4rem 0 1rem;color:var(--soft)}label{display:block;font-weight:600;margin-bottom:.3rem}
input{width:100%;font:inherit;padding:.6rem .7rem;border:1px solid var(--edge);border-radius:.45rem;background:var(--bg);color:inherit}
button{margin-top:1rem;width:100%;font:inherit;font-weight:600;padding:.65rem;border:0;border-radius:.45rem;background:var(--accent);color:var(--on);cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
pre{background:var(--bg);border:1px solid var(--line);border-radius:.45rem;padding:.6rem .8rem;overflow:auto;color:var(--fg)}
.bad{color:var(--bad);font-weight:600}`;
const STYLE_HASH = new Bun.CryptoHasher("sha256").update(STYLE).digest("base64");

/** What every page of the console is sent with, beside its policy. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  // by `no-referrer` a form says that its origin is null, and over plain http nothing else tells that it is ours
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

const PLAIN_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
/** No picture is asked for by itself, as a browser otherwise does. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230b6e4f'/%3E%3Cpath d='M2 6h12M2 10h12M5 3v10M11 3v10' stroke='%23fff' stroke-width='1.4'/%3E%3C/svg%3E";

function plainPage(title: string, body: string, status: number): Response {
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><link rel="icon" href="${ICON}"><style>${STYLE}</style></head>
<body><main>${body}</main></body></html>
`;
  return new Response(page, { status, headers: { ...PAGE_HEADERS, "content-security-policy": PLAIN_POLICY } });
}

/** The form that asks for the admin token, after a failure with the reason; `next` is where it leads. */
export function loginPage(next: string, problem: { status: number; message: string } | null): Response {
  const why = problem === null ? "" : `<p class="bad" role="alert" id="why">${escapeHtml(problem.message)}</p>`;
  const describedBy = problem === null ? "hint" : "why hint";
  const body = `<h1>Weir console</h1>
<p id="hint">Log in with the admin token: <code>weir admin token</code> makes it, or the first start showed it; <code>weir admin token --rotate</code> makes another.</p>${why}
<form method="post" action="/console/login"><input type="hidden" name="next" value="${escapeHtml(next)}">
<label for="token">Admin token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus aria-describedby="${describedBy}" spellcheck="false">
<button type="submit">Log in</button></form>`;
  return plainPage("Log in · Weir", body, problem?.status ?? 200);
}

/** What stands there while there is no admin token: how to get one. */
export function noTokenPage(): Response {
  const body = `<h1>The console needs an admin token</h1>
<p>None is set up here, so nobody can log in (<code>admin_token_missing</code>). Either of these gives you one:</p>
<p>Make a token; it is shown once, and counts at once:</p><pre>weir admin token</pre>
<p>Or name one of your own in the configuration:</p><pre>server:
  admin_token_ref: { env: WEIR_ADMIN_TOKEN }</pre>
<p>Where <code>server.admin_token_ref</code> is set already, the secret it names is missing or empty, and no other token counts.</p>`;
  return plainPage("No admin token · Weir", body, 503);
}

/** What the console's own page needs to know. */
export interface Shell {
  readonly csrf: string;
  readonly version: string;
  /** Names of the two files, which change with what is in them. */
  readonly script: string;
  readonly style: string;
}

/** The page that the console runs in. Only its own script and style may run: both carry a nonce made for this answer. */
export function shellPage({ csrf, version, script, style }: Shell): Response {
  const nonce = crypto.getRandomValues(new Uint8Array(18)).toBase64();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="weir-csrf" content="${csrf}"><meta name="weir-version" content="${escapeHtml(version)}">
<title>Weir</title><link rel="icon" href="${ICON}"><link rel="stylesheet" href="/console/${style}" nonce="${nonce}">
<script type="module" src="/console/${script}" nonce="${nonce}"></script></head>
<body><div id="app"><p class="starting">Loading the console …</p></div><noscript>The console needs JavaScript; the same data is at <code>/api</code>.</noscript></body></html>
`;
  return new Response(page, { headers: { ...PAGE_HEADERS, "content-security-policy": policy } });
}

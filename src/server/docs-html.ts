import type { BuildInfo } from "../lib/build-info.ts";
import { escapeHtml } from "./escape-html.ts";

const STYLE = `:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 18%,transparent);background:light-dark(#fff,#121417);color:light-dark(#16181b,#e6e8ea)}
body{font:16px/1.55 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1.25rem}
a{color:light-dark(#0a58a6,#8cc8ff)}nav{display:flex;flex-wrap:wrap;gap:.4rem 1.1rem;border-bottom:1px solid var(--line);padding-bottom:.8rem}
nav a[aria-current]{font-weight:600;text-decoration:none;color:inherit}
h1{font-size:1.6rem;margin:1.4rem 0 .2rem}h2{margin-top:2.5rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
h3{margin:1.8rem 0 .3rem}details{border:1px solid var(--line);border-radius:.5rem;margin:.6rem 0;padding:.5rem .9rem}
summary{cursor:pointer}code,pre{font:13px/1.5 ui-monospace,monospace}code{overflow-wrap:anywhere}
h2 code,h3 code{font-size:inherit;font-weight:600}h2 small{font-size:.8rem;font-weight:400}td:first-child code{white-space:nowrap}dt{font-weight:600;margin-top:.8rem}
pre{overflow:auto;max-height:24rem;padding:.75rem;border:1px solid var(--line);border-radius:.4rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem}
th{text-align:left;font-weight:600}th,td{border-top:1px solid var(--line);padding:.35rem .8rem .35rem 0;vertical-align:top;min-width:5rem}
tr:target,h2:target,h3:target{background:color-mix(in srgb,Highlight 22%,transparent)}
@media(max-width:40rem){thead{display:none}table,tbody,tr,td{display:block}tr{border-top:1px solid var(--line);padding:.4rem 0}td{border:0;padding:.1rem 0}td[data-head]::before{content:attr(data-head) ": ";opacity:.75}td:first-child code{white-space:normal;font-weight:600}}
.method{display:inline-block;min-width:3.2rem;font-weight:600}`;

/** The policy that lets a page have its own style and nothing else; its hash is that of the style. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${new Bun.CryptoHasher("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** One page of the reference. */
export interface DocsPage {
  /** Where it is served, below `/docs`. */
  readonly path: string;
  readonly title: string;
  /** What stands there, in a sentence of plain text. */
  readonly summary: string;
  /** HTML below the title, made when it is asked for. */
  body(): string;
}

/** Text with `code` in backticks, as HTML. */
export function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

/** Text as it would be typed, as HTML. */
export function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

/** A value as it would be written as JSON, in a block. */
export function pretty(value: unknown): string {
  return `<pre tabindex="0">${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
}

/** One row: an id to link to, or none, and cells in HTML. */
export interface Row {
  readonly id?: string;
  readonly cells: readonly string[];
}

/** A table; heads are plain text. */
export function table(heads: readonly string[], rows: readonly Row[]): string {
  const head = heads.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join("");
  const lines = rows.map(({ id, cells }) => {
    const anchor = id === undefined ? "" : ` id="${escapeHtml(id)}"`;
    const tds = cells.map((cell, at) => {
      // on a phone, where cells stand below one another
      const named = at === 0 ? "" : ` data-head="${escapeHtml(heads[at] ?? "")}"`;
      return `<td${named}>${cell}</td>`;
    });
    return `<tr${anchor}>${tds.join("")}</tr>`;
  });
  return `<div class="wide" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>\n${lines.join("\n")}\n</tbody></table></div>`;
}

/** A heading that can be linked to. */
export function heading(level: 2 | 3, id: string, html: string): string {
  return `<h${level} id="${escapeHtml(id)}">${html}</h${level}>`;
}

/** A whole page: no script, nothing loaded from elsewhere. */
export function render(page: DocsPage, all: readonly DocsPage[], build: BuildInfo): string {
  const links = all.map(({ path, title }) => {
    const here = path === page.path ? ' aria-current="page"' : "";
    return `<a href="${path}"${here}>${escapeHtml(title)}</a>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(page.title)} – Weir</title><style>${STYLE}</style></head><body>
<nav aria-label="Reference">${links.join("")}<a href="/console">Console</a></nav>
<main><h1>${escapeHtml(page.title)}</h1><p>${prose(page.summary)}</p>
${page.body()}
</main><footer><small>Weir ${escapeHtml(build.version)}. This page is made of what this binary runs on.</small></footer>
</body></html>
`;
}

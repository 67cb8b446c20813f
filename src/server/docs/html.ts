import type { BuildInfo } from "../../lib/build-info.ts";
import { escapeHtml } from "./escape-html.ts";

/** The colours of the console. */
const STYLE = `:root{color-scheme:light dark;--bg:light-dark(#f4f6f8,#0d1318);--card:light-dark(#fff,#151d24);--sunk:light-dark(#eef2f5,#1c262f);--fg:light-dark(#16212c,#e5ecf2);--soft:light-dark(#4d5b68,#a4b2be);--line:light-dark(#d3dbe2,#2b3843);--accent:light-dark(#0b6e4f,#52c79a);--chosen:light-dark(#dcf1e8,#12352a);background:var(--bg);color:var(--fg)}
*{box-sizing:border-box}body{font:16px/1.55 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;margin:0}
a{color:var(--accent);text-underline-offset:2px}:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
nav{display:flex;flex-wrap:wrap;align-items:center;gap:.15rem .2rem;background:var(--card);border-bottom:1px solid var(--line);padding:.6rem max(1.25rem,50vw - 34.75rem)}
nav a{color:inherit;text-decoration:none;padding:.35rem .65rem;border-radius:.45rem}nav a:hover{background:var(--sunk)}
nav a[aria-current]{font-weight:600;background:var(--chosen);color:var(--accent)}
nav .brand{display:flex;align-items:center;gap:.5rem;font-weight:700;padding-left:0;margin-right:.8rem}.brand svg{width:1.5rem;height:1.5rem}
main,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}footer{padding-block:2rem 3rem;color:var(--soft)}
h1{font-size:1.6rem;letter-spacing:-.01em;margin:1.6rem 0 .2rem}h2{margin-top:2.8rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
h3{margin:1.8rem 0 .3rem}details{background:var(--card);border:1px solid var(--line);border-radius:.5rem;margin:.6rem 0;padding:.5rem .9rem}
summary{cursor:pointer}code,pre{font:13px/1.5 ui-monospace,"SF Mono","Cascadia Mono","DejaVu Sans Mono",monospace}code{overflow-wrap:anywhere}td:has(>code:only-child){min-width:12rem}
h2 code,h3 code{font-size:inherit;font-weight:600}h2 small{font-size:.8rem;font-weight:400}td:first-child code{white-space:nowrap}dt{font-weight:600;margin-top:.8rem}
p>a>code{display:inline-block;background:var(--sunk);border-radius:.35rem;padding:.1rem .45rem;margin:.12rem 0}
pre{overflow:auto;max-height:24rem;padding:.75rem;background:var(--sunk);border-radius:.5rem}
.wide{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.2rem 1rem;margin:.6rem 0 1.2rem}table{border-collapse:collapse;width:100%}
th{text-align:left;font-weight:600;font-size:.85rem;color:var(--soft)}th,td{padding:.4rem .8rem .4rem 0;vertical-align:top;min-width:5rem}td{border-top:1px solid var(--line)}
tr:target,h2:target,h3:target{background:var(--chosen)}
@media(max-width:40rem){thead{display:none}table,tbody,tr,td{display:block}tr{border-top:1px solid var(--line);padding:.4rem 0}tr:first-child{border:0}td{border:0;padding:.1rem 0}td[data-head]::before{content:attr(data-head) ": ";color:var(--soft)}td:first-child code{white-space:normal;font-weight:600}}
.method{display:inline-block;min-width:3.2rem;font-weight:600}`;
/** The mark of the house. */
const MARK =
  '<svg viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" rx="4" fill="#0b6e4f"/><path d="M2 6h12M2 10h12M5 3v10M11 3v10" stroke="#fff" stroke-width="1.4"/></svg>';

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
<nav aria-label="Reference"><a class="brand" href="/docs">${MARK}Weir</a>${links.join("")}<a href="/console">Console</a></nav>
<main><h1>${escapeHtml(page.title)}</h1><p>${prose(page.summary)}</p>
${page.body()}
</main><footer><small>Weir ${escapeHtml(build.version)}. This page is made of what this binary runs on.</small></footer>
</body></html>
`;
}

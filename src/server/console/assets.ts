import { consoleFiles } from "../../console/files.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { once } from "../../lib/once.ts";
import { PAGE_HEADERS } from "./page.ts";

/** One of the two files of the console. */
export interface Asset {
  readonly name: string;
  readonly type: string;
  readonly text: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

/** Both files under names made of what is in them, compressed once. */
export const assets = once(async (): Promise<{ script: Asset; style: Asset }> => {
  const { script, style } = await consoleFiles();
  return {
    script: asset(script, "js", "text/javascript; charset=utf-8"),
    style: asset(style, "css", "text/css; charset=utf-8"),
  };
});

function asset(text: string, ending: string, type: string): Asset {
  return { name: `console-${sha256Hex(text).slice(0, 16)}.${ending}`, type, text, gzip: Bun.gzipSync(text) };
}

/** A file as a browser keeps it: for good, since another one has another name. */
export function fileAnswer({ type, text, gzip }: Asset, headers: Headers): Response {
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

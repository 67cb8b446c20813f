import { existsSync } from "node:fs";
import { Glob } from "bun";

/** The repository's root, with a slash at the end. */
export const ROOT = new URL("../../", import.meta.url).pathname;

/** One file of the repository, as the house test reads it. */
export interface SourceFile {
  /** From the root: `src/lib/ids.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text without the comments that stand on lines of their own. */
  readonly code: string;
}

/** Blanks the comments that stand on lines of their own, line breaks kept. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*(?:\/\*[\s\S]*?\*\/|\/\/.*)/gm, (comment) => comment.replace(/[^\n]/g, ""));
}

/** Every file that matches a glob below the root, sorted by path. */
export async function sources(pattern: string): Promise<SourceFile[]> {
  const paths = [...new Glob(pattern).scanSync({ cwd: ROOT })].sort();
  return Promise.all(
    paths.map(async (path) => {
      const text = await Bun.file(ROOT + path).text();
      return { path, text, code: withoutComments(text) };
    }),
  );
}

const IMPORTS = [
  /^(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']/gm,
  /^import\s*["']([^"']+)["']/gm,
  /\bimport\(\s*["']([^"']+)["']/g,
  /\bnew URL\(\s*["'](\.[^"']+)["']\s*,\s*import\.meta\.url/g,
];

/** Everything a file imports, types, dynamic imports and workers too; in no order, as written. */
export function importsOf(file: SourceFile): string[] {
  return IMPORTS.flatMap((pattern) => [...file.code.matchAll(pattern)].map((match) => match[1] ?? ""));
}

/** Whether a path below the root is there. */
export const exists = (path: string): boolean => existsSync(ROOT + path);

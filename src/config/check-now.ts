import type { ConfigCheck } from "../schema/config-view.ts";
import type { LoadResult } from "./load.ts";
import { showYaml } from "./show.ts";

/** What a configuration that was just read comes to, for the admin API; secrets masked. */
export function checkOf(loaded: LoadResult): ConfigCheck {
  return {
    ok: loaded.ok,
    problems: loaded.problems.map(({ code, severity, file, line, column, path, message, suggestion }) => ({
      code,
      severity,
      where: line === null ? file : `${file}:${line}:${column ?? 1}`,
      path,
      message,
      suggestion: suggestion ?? null,
    })),
    yaml: loaded.ok ? showYaml({ ...loaded, effective: false }) : null,
  };
}

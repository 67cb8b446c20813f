import modelSizes from "../../config/model-sizes.json" with { type: "json" };

/** A number of parameters in 1e9: what is counted with, and between what it may lie. */
export interface ParameterCount {
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
}

/** How large a model is. */
export interface ModelSize {
  readonly total: ParameterCount;
  /** Parameters that work on one token: fewer than all in a mixture of experts. */
  readonly active: ParameterCount;
  /** Who published the size. */
  readonly source: string;
}

/** What stands behind the name of a family: `-latest`, a date (`-2411`, `-20250514`) or a size (`-70b`, `-8x22b`). */
const SUFFIX = /-(?:latest|\d{4}|\d{6}|\d{8}|\d{4}-\d{2}-\d{2}|\d+(?:x\d+)?b)$/;

/**
 * The size of a model by the family it belongs to: the longest prefix of its id that the table knows, with or without
 * what {@link SUFFIX} names. A range counts with its arithmetic mean. Null: the table does not know it.
 */
export function sizeOf(model: string): ModelSize | null {
  // tags, as Ollama, OpenRouter and Vertex write them: codestral:22b, devstral-2512:free, mistral-large-2411@001
  const id = model.toLowerCase().split("/").at(-1)!.replace(/[:@]/g, "-");
  let stem = id;
  while (SUFFIX.test(stem)) stem = stem.replace(SUFFIX, "");
  let best: (typeof modelSizes.families)[number] | null = null;
  for (const family of modelSizes.families) {
    const fits = [id, stem].some((name) => name === family.prefix || name.startsWith(`${family.prefix}-`));
    if (fits && (best === null || family.prefix.length > best.prefix.length)) best = family;
  }
  if (best === null) return null;
  const assumed = best.basis === "assumed" ? "assumed: " : "";
  return { total: countOf(best.total), active: countOf(best.active), source: `${assumed}${best.source}` };
}

function countOf(range: readonly number[]): ParameterCount {
  const [lo = 0, hi = lo] = range;
  return { value: (lo + hi) / 2, lo, hi };
}

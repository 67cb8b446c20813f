/** Whether a name is on a list. */
export type NameList = (name: string) => boolean;

/**
 * A list of names in which `*` stands for any run of characters and `?` for one; nothing else has a meaning. Matching
 * takes at most pattern × name steps, whatever the pattern.
 */
export function nameList(patterns: readonly string[]): NameList {
  const exact = new Set(patterns.filter((pattern) => !isGlob(pattern)));
  const globs = patterns.filter(isGlob);
  if (globs.includes("*")) return () => true;
  return (name) => exact.has(name) || globs.some((glob) => matches(glob, name));
}

/**
 * The same for names that are refused: case, width, blanks around and invisible characters make no difference, so that
 * `Shell` is no way around `shell`.
 */
export function refusedNames(patterns: readonly string[]): NameList {
  const list = nameList(patterns.map(folded));
  return patterns.length === 0 ? () => false : (name) => list(folded(name));
}

function folded(name: string): string {
  return name
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .trim()
    .toLowerCase();
}

function isGlob(pattern: string): boolean {
  return pattern.includes("*") || pattern.includes("?");
}

/** Greedy, going back to the last star only: an earlier one never has to give up what it took. */
function matches(glob: string, name: string): boolean {
  let at = 0;
  let spot = 0;
  let star = -1;
  let taken = 0;
  while (at < name.length) {
    const wanted = glob[spot];
    if (wanted === "*") {
      star = spot++;
      taken = at;
    } else if (wanted === "?" || (wanted !== undefined && wanted === name[at])) {
      spot++;
      at++;
    } else if (star >= 0) {
      spot = star + 1;
      at = ++taken;
    } else return false;
  }
  while (glob[spot] === "*") spot++;
  return spot === glob.length;
}

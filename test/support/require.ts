/** The interpreter of the environment that `scripts/test` makes from `test/clients/requirements.txt`. */
export const PYTHON = `${import.meta.dir}/../../.tools/python/bin/python`;

/**
 * Whether a test that needs an outside program can run; use it as `test.skipIf(!needs("psql", available))`.
 *
 * `programs` are names to look for on the PATH, any of them will do; `available` says whether what the test really
 * wants of the program (a package, a running server) is there. A machine without the program skips. A machine with the
 * program but without the rest skips too, except under `WEIR_REQUIRE=1`: there this throws, and the file fails.
 */
export function needs(programs: string | readonly string[], available: boolean): boolean {
  const names = typeof programs === "string" ? [programs] : programs;
  if (!names.some((name) => Bun.which(name) !== null)) return false;
  if (!available && process.env["WEIR_REQUIRE"] === "1") {
    throw new Error(
      `Cannot skip under WEIR_REQUIRE=1: ${names.join(" or ")} is there, what the test needs of it is not`,
    );
  }
  return available;
}

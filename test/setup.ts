import { afterAll } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Runs before every test file: no test reaches the network, and none depends on what happens to stand in the
 * environment of the machine. What tests write outside of the tree goes with them.
 */

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\])$/;
/** RFC 6761: names that never resolve, for the tests of a failing lookup. */
const NEVER_RESOLVES = /\.invalid$/;

const real = globalThis.fetch;

function hostOf(input: string | URL | Request): string {
  return new URL(input instanceof Request ? input.url : input).hostname;
}

const guarded = async (input: string | URL | Request, init?: BunFetchRequestInit): Promise<Response> => {
  const host = hostOf(input);
  if (init?.unix === undefined && !LOOPBACK.test(host) && !NEVER_RESOLVES.test(host)) {
    throw new Error(`Tests do not reach the network, got a request to "${host}"`);
  }
  return real(input, init);
};

globalThis.fetch = Object.assign(guarded, { preconnect: real.preconnect.bind(real) });

const INHERITED = /^(?:WEIR_(?!REQUIRE$).*|.*_API_KEY|(?:https?|all|no)_proxy|XDG_STATE_HOME|NO_COLOR|FORCE_COLOR)$/i;
for (const name of Object.keys(process.env)) if (INHERITED.test(name)) delete process.env[name];

const scratch = mkdtempSync(join(tmpdir(), "weir-tests-"));
// a database's server runs as another user
chmodSync(scratch, 0o755);
process.env["TMPDIR"] = scratch;
// on a busy disk the ledgers of many gateways take minutes to go
afterAll(() => rmSync(scratch, { recursive: true, force: true }), 600_000);

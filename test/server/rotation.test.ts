import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../../src/cli/cli.ts";
import { fakeIo } from "../cli/fake-io.ts";
import { serving } from "../cli/running.ts";
import { emptyFolder } from "../support/empty-folder.ts";

const CONFIG = `pack: { name: p, version: 1.0.0, enabled: true }
policies: { chain: [] }
providers: { targets: [{ id: a, provider: simulated, model: m }] }
`;

async function rotated(state: string): Promise<string> {
  const io = fakeIo();
  expect(await main(["admin", "token", "--state-dir", state, "--rotate", "--json"], io)).toBe(0);
  return (JSON.parse(io.written.out) as { token: string }).token;
}

test("another admin token counts at once: the old one, its sessions and its feeds end", async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, "weir.yaml"), CONFIG);
  const first = await rotated(cwd);
  const args = ["gateway", "run", "--policy-config", "weir.yaml", "--listen", "127.0.0.1:0", "--state-dir", cwd];
  const running = await serving(args, { cwd });
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${running.url}/api/targets`, { headers })).status;
  const login = await fetch(`${running.url}/console/login`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ token: first }),
  });
  const cookie = login.headers.get("set-cookie")!.split(";")[0]!;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const feed = await fetch(`${running.url}/api/events/stream`, { headers: bearer(first) });
  expect([await status(bearer(first)), await status({ cookie }), feed.status]).toEqual([200, 200, 200]);

  const second = await rotated(cwd);
  expect([await status(bearer(first)), await status({ cookie }), await status(bearer(second))]).toEqual([
    401, 401, 200,
  ]);
  expect(await feed.text()).toBe(": alive\n\n");
  expect(running.io.written.err).not.toContain(first);
  expect(running.io.written.err).not.toContain(second);
  running.io.stop();
  expect(await running.exit).toBe(0);
}, 60_000);

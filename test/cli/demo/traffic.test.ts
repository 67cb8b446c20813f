import { afterEach, describe, expect, test } from "bun:test";
import { playTraffic, SCENES } from "../../../src/cli/demo/traffic.ts";
import { until } from "../../support/until.ts";

const { HTTP_PROXY } = process.env;
afterEach(() => {
  if (HTTP_PROXY === undefined) delete process.env["HTTP_PROXY"];
  else process.env["HTTP_PROXY"] = HTTP_PROXY;
});

describe("the demo's own traffic", () => {
  test("goes to the demo, whatever proxy the environment names, and ends when it is told to", async () => {
    const asked: string[] = [];
    const proxied: string[] = [];
    const seen = (list: string[]) =>
      Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        fetch({ url }) {
          list.push(new URL(url).pathname);
          return new Response("{}");
        },
      });
    using demo = seen(asked);
    using proxy = seen(proxied);
    process.env["HTTP_PROXY"] = `http://127.0.0.1:${proxy.port}`;
    const stop = new AbortController();
    const playing = playTraffic({ url: `http://127.0.0.1:${demo.port}`, perMinute: 60_000, stop: stop.signal });
    await until(async () => asked.length + proxied.length >= SCENES.length);
    stop.abort();
    await playing;
    expect(proxied).toEqual([]);
    expect(asked.slice(0, SCENES.length)).toEqual(SCENES.map(({ path }) => path));
  });
});

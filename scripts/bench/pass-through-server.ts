/**
 * The reference: a bare `Bun.serve` that reads the body as text, parses it, and relays the upstream's answer natively.
 * `pass-through PORT UPSTREAM_PORT`. It checks nothing, counts nothing and cancels nothing by itself.
 */
const [port = "0", upstream = "0"] = process.argv.slice(-2);
const target = `http://127.0.0.1:${upstream}/v1/chat/completions`;
const headers = { "content-type": "application/json", authorization: "Bearer bench" };

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  idleTimeout: 0,
  development: false,
  async fetch(request) {
    if (request.method !== "POST") return new Response("ok");
    const text = await request.text();
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || !("model" in body))
      return new Response("no model", { status: 400 });
    const answer = await fetch(target, { method: "POST", headers, body: text });
    const type = answer.headers.get("content-type") ?? "application/json";
    return new Response(answer.body, { status: answer.status, headers: { "content-type": type } });
  },
});

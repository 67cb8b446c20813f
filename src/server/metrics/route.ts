import { bearer } from "../../gateway/admission/consumers.ts";
import { GatewayError } from "../../lib/errors.ts";
import { PROMETHEUS_TEXT } from "../../lib/metrics/registry.ts";
import { createAdminDoor, matches } from "../auth.ts";
import { isLoopback } from "../door/address.ts";
import type { ServerOptions } from "../options.ts";
import type { Call, Peer, Route } from "../route.ts";

/**
 * `/metrics`: open to this machine, but not to whoever asks through a proxy on it (`trust_proxy_depth`); elsewhere to a
 * token, or to everybody where the configuration says so.
 */
export function metricsRoute(options: ServerOptions): Route {
  const door = createAdminDoor({ ...options, hash: options.adminHash });
  const settings = () => options.runtime.gateway.config.telemetry.metrics;
  const mayRead = ({ request: { headers }, peer }: Call): boolean =>
    settings().public || isHere(peer) || matches(bearer(headers), options.metricsHash()) || door.opens(headers);
  return {
    method: "GET",
    path: "/metrics",
    openAi: false,
    access: "metrics",
    tag: "Health",
    summary: "Counters, histograms and gauges for Prometheus",
    answer: { description: "weir_* and gen_ai_* families", mediaTypes: ["text/plain"] },
    errors: ["not_found"],
    handle: (call) => {
      if (!settings().enabled)
        throw new GatewayError("not_found", "Metrics are off: telemetry.metrics.enabled is false");
      if (!mayRead(call)) {
        const message =
          "Cannot show metrics without their token: send the one of telemetry.metrics.token_ref as a Bearer token, or set telemetry.metrics.public";
        throw new GatewayError("invalid_api_key", message);
      }
      return new Response(options.metrics.render(), {
        headers: { "content-type": PROMETHEUS_TEXT, "cache-control": "no-store" },
      });
    },
  };
}

function isHere(peer: Peer): boolean {
  if (!peer.loopback) return false;
  const address = peer.address();
  return address === null || isLoopback({ hostname: address.replace(/^::ffff:/, ""), port: 0 });
}

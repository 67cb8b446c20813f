import { readKey } from "../../carbon/sign.ts";
import type { Config } from "../../config/config.ts";
import { resolveSecret, showSecretRef } from "../../config/secret-ref.ts";
import type { SecretRef } from "../../schema/config/values.ts";
import type { Io } from "../command.ts";
import type { Check } from "./check.ts";

/**
 * Whether each secret that the configuration names is there. What it is stays where it is. A target without its secret is
 * broken; without the key of receipts the gateway does not start; without another one somebody cannot get in or something
 * is not sent, which is a warning.
 */
export function checkSecrets(config: Config, io: Io): readonly Check[] {
  const { server, telemetry, receipts, consumers, carbon, providers } = config;
  const targets = providers.targets.map(({ id, secret_key_ref }) => [id, secret_key_ref] as const);
  const others: readonly (readonly [string, SecretRef | undefined])[] = [
    ["server.admin_token_ref", server.admin_token_ref],
    ["telemetry.metrics.token_ref", telemetry.metrics.token_ref],
    ["telemetry.otlp.headers_ref", telemetry.otlp?.headers_ref],
    ...(consumers ?? []).map(({ id, key_ref }) => [`consumer ${id}`, key_ref] as const),
    ...carbon.sources.map(({ source, secret_key_ref }) => [`grid source ${source}`, secret_key_ref] as const),
  ];
  return [
    ...targets.flatMap(([id, ref]) => checkSecret(id, ref, { io, missing: "broken" })),
    ...checkReceiptKey(receipts.key_ref, io),
    ...others.flatMap(([owner, ref]) => checkSecret(owner, ref, { io, missing: "warning" })),
  ];
}

/** Whether the key of receipts is there, and one that can sign. */
function checkReceiptKey(ref: SecretRef | undefined, io: Io): readonly Check[] {
  const found = ref === undefined ? null : resolveSecret(ref, { env: io.env });
  const checks = checkSecret("receipts.key_ref", ref, { io, missing: "broken" });
  if (found === null) return checks;
  try {
    readKey(found.reveal());
    return checks;
  } catch (cause) {
    const detail = `${showSecretRef(ref!)}: ${(cause as Error).message}`;
    return [{ name: "secret of receipts.key_ref", status: "broken", detail }];
  }
}

function checkSecret(
  owner: string,
  ref: SecretRef | undefined,
  { io, missing }: { readonly io: Io; readonly missing: "broken" | "warning" },
): Check[] {
  if (ref === undefined) return [];
  const there = resolveSecret(ref, { env: io.env }) !== null;
  const detail = `${showSecretRef(ref)} ${there ? "holds one" : "is missing or empty"}`;
  return [{ name: `secret of ${owner}`, status: there ? "ok" : missing, detail }];
}

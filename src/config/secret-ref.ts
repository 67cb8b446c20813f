import { isObject } from "../lib/json/json.ts";
import { type Secret, secret } from "../lib/secret.ts";
import type { SecretRef } from "../schema/config/values.ts";
import { type Environment, variable } from "./layers/expand.ts";
import { type ReadFile, readFromDisk } from "./layers/read.ts";

/** Where secrets are found. */
export interface SecretSources {
  readonly env: Environment;
  /** Gives the bytes of a file; the disk by default. */
  readonly readFile?: ReadFile;
}

/**
 * The secret a reference leads to, or null where it is missing or empty. A file's last end of line is cut off; a file
 * that cannot be read counts as missing.
 */
export function resolveSecret(ref: SecretRef, { env, readFile = readFromDisk }: SecretSources): Secret | null {
  const value = ref.env === undefined ? readSecretFile(ref.file, readFile) : variable(env, ref.env);
  return value === undefined || value.trim() === "" ? null : secret(value);
}

function readSecretFile(path: string | undefined, readFile: ReadFile): string | undefined {
  if (path === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFile(path)).replace(/\r?\n$/, "");
  } catch {
    return undefined;
  }
}

/** A reference in words that hold no secret: `the environment variable MISTRAL_API_KEY`. */
export function showSecretRef(ref: SecretRef): string {
  if (ref.env !== undefined) return `the environment variable ${ref.env}`;
  return ref.file === undefined ? `the secret ${ref.store} of the store` : `the file ${ref.file}`;
}

/** The files that the references of a configuration lead to, each once. */
export function secretFiles(config: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    const file = isObject(value) && Object.keys(value).length === 1 ? value["file"] : undefined;
    if (typeof file === "string") found.add(file);
    else if (typeof value === "object" && value !== null) for (const one of Object.values(value)) look(one);
  };
  look(config);
  return found;
}

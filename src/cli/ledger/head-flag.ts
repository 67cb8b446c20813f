import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { readHead } from "../../carbon/ledger-head.ts";
import { parsedObject } from "../../lib/json/json.ts";
import { stateDir } from "../../lib/state-dir.ts";
import type { ChainHead } from "../../schema/ledger.ts";
import { type ReceiptKey, ReceiptKeys } from "../../schema/receipt.ts";
import type { Arguments, Io } from "../command.ts";
import { usageError } from "../terminal/arguments.ts";
import { stateSource, textFlag } from "../terminal/flags.ts";

const HEAD = /^(\d{1,15}):([0-9a-f]{64})$/i;
const JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const FORMS = "give ROW:HASH, the jws beside it, or the answer of GET /api/ledger/head";

/**
 * The head that `--head` names: `ROW:HASH`, a signed one, or the JSON that held it. A signature is checked against the
 * keys of `--jwks`, or those that the state directory publishes. Throws a usage error for anything else.
 */
export function expectedHead(args: Arguments, io: Io): ChainHead | undefined {
  const text = textFlag(args, "head")?.trim();
  if (text === undefined) return undefined;
  const plain = plainHead(text);
  if (plain !== null) return plain;
  if (JWS.test(text)) return signedHead(text, args, io);
  const value = parsedObject(text);
  if (typeof value?.["jws"] === "string") return signedHead(value["jws"], args, io);
  const inside = plainHead(
    typeof value?.["head"] === "string" ? value["head"] : `${value?.["seq"]}:${value?.["hash"]}`,
  );
  if (inside !== null) return inside;
  throw usageError(`--head "${text.slice(0, 100)}" is no head: ${FORMS}`);
}

function plainHead(text: string): ChainHead | null {
  const [, seq, hash] = HEAD.exec(text) ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash: hash.toLowerCase() };
}

function signedHead(jws: string, args: Arguments, io: Io): ChainHead {
  const head = readHead(jws, keysOf(args, io));
  if (typeof head !== "string") return head;
  throw usageError(`--head cannot be believed: ${head}; name the gateway's keys with --jwks, or ${FORMS}`);
}

function keysOf(args: Arguments, io: Io): readonly ReceiptKey[] {
  const given = textFlag(args, "jwks");
  const directory = stateDir(stateSource(args, io));
  const path = given === undefined ? join(directory, "receipt-keys.json") : resolve(io.cwd, given);
  let value: unknown = null;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // said below, as for what is no set of keys
  }
  if (Value.Check(ReceiptKeys, value)) return value.keys;
  throw usageError(`"${path}" holds no public keys: name a file with the answer of /.well-known/jwks.json as --jwks`);
}

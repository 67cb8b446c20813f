import { signHead } from "../../carbon/ledger-head.ts";
import { ReceiptChain, sha256 } from "../../carbon/sign.ts";
import type { Config } from "../../config/config.ts";
import { resolveSecret, showSecretRef } from "../../config/secret-ref.ts";
import { systemClock } from "../../lib/clock.ts";
import type { ReceiptDesk } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/logger.ts";
import type { ChainHead, SignedHead } from "../../schema/ledger.ts";
import type { ServerOptions } from "../../server/options.ts";
import { openKeys } from "../../store/receipts/keys.ts";
import { ReceiptWriter } from "../../store/receipts/writer.ts";
import type { ChainedLedger } from "../../store/store.ts";
import type { Io } from "../command.ts";
import type { WorkerReceiptStart } from "../workers/receipts.ts";

/** The receipts of a process. */
export interface ProcessReceipts {
  /** Signs and keeps the receipts of this thread. */
  readonly desk: ReceiptDesk;
  /** Keeps what workers signed. */
  readonly writer: ReceiptWriter;
  /** What a worker's chain begins with, at the moment it starts. */
  readonly forWorker: () => WorkerReceiptStart;
  /** Signs a head of the ledger as it is now. */
  readonly signHead: (head: ChainHead) => SignedHead;
  /** What the routes read. */
  readonly shown: ServerOptions["receipts"];
}

/** Opens the keys and the kept receipts of a process. Throws GatewayError where the key cannot be used. */
export function openReceipts(
  config: Config,
  of: { readonly directory: string | null; readonly io: Io; readonly ledger: ChainedLedger; readonly log: Logger },
): ProcessReceipts {
  const { directory, io, ledger, log } = of;
  const { key, pem, published } = openKeys(directory, givenKey(config, io));
  const writer = new ReceiptWriter(ledger.receipts, { clock: systemClock, log });
  const lastHead = (): string | null => {
    writer.drain();
    const jws = ledger.receipts.lastJws();
    return jws === null ? null : sha256(jws);
  };
  const chain = new ReceiptChain(key, crypto.randomUUID(), lastHead());
  return {
    desk: { seal: (unsigned) => chain.seal(unsigned), keep: (receipt) => writer.push(receipt) },
    writer,
    signHead: (head) => signHead(key, head, systemClock.now()),
    forWorker: () => ({ pem, prevChain: lastHead() }),
    shown: {
      keys: published,
      find(id) {
        writer.drain();
        return ledger.receipts.find(id);
      },
    },
  };
}

function givenKey({ receipts }: Config, io: Io): string | null {
  const ref = receipts.key_ref;
  if (ref === undefined) return null;
  const found = resolveSecret(ref, { env: io.env });
  if (found !== null) return found.reveal();
  throw new GatewayError(
    "service_unavailable",
    `The key of receipts is missing (receipts.key_ref): set ${showSecretRef(ref)}, or leave key_ref out`,
  );
}

/**
 * A gateway's ledger and nothing else, for tests that kill it: appends batches of 50 and prints, after each, how many
 * rows are acknowledged. With "term" as second argument it pushes through the writer and closes on SIGTERM.
 */
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import { LedgerWriter } from "../../src/store/ledger/writer.ts";
import { anEvent } from "../support/events.ts";

const [dir = "", mode] = process.argv.slice(2);
const ledger = openLedger("sqlite:ledger.db", dir);
let count = 0;

if (mode === "term") {
  const writer = new LedgerWriter(ledger, { clock: systemClock, log: silentLogger, onError: "continue" });
  const timer = setInterval(() => {
    for (let n = 0; n < 40; n++) writer.push(anEvent({ id: `r${count++}` }));
    if (count === 400) process.stdout.write("ready\n");
  }, 1);
  await new Promise<void>((stop) => process.on("SIGTERM", stop));
  clearInterval(timer);
  const pushed = count;
  await writer.close();
  process.stdout.write(`${pushed}\n`);
} else {
  for (;;) {
    await ledger.append(Array.from({ length: 50 }, () => anEvent({ id: `r${count++}` })));
    process.stdout.write(`${count}\n`);
    await Bun.sleep(0);
  }
}

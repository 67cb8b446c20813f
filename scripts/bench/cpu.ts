/** Processor microseconds that this process has taken so far: what others do on the machine does not count. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

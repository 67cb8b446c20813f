/** CPU time that this process has had, in milliseconds: while another program has the processor, it stands still. */
export function cpuNowMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU time of this process that `work` takes, in milliseconds: what other work on the machine takes does not show. */
export function cpuMs(work: () => void): number {
  const before = cpuNowMs();
  work();
  return cpuNowMs() - before;
}

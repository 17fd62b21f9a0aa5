/** CPU time as Linux counts it in /proc: of one process with all its threads, and of the whole machine. */

import { readFileSync } from 'node:fs';

/** /proc counts in hundredths of a second on every Linux that user programs see (USER_HZ). */
const TICKS_PER_SECOND = 100;

export function processCpuSeconds(pid: number): number {
  return parseProcessCpu(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** Resident memory of a process. */
export function processRssBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** Of all cores, including time stolen by the hypervisor. */
export function machineCpuSeconds(): number {
  return parseMachineCpu(readFileSync('/proc/stat', 'utf8'));
}

/**
 * `utime` and `stime` are fields 14 and 15; the name, field 2, may contain spaces and brackets, so counting starts
 * after its last one.
 */
export function parseProcessCpu(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The first line: user, nice, system, idle, iowait, irq, softirq, steal; guest time is included in user. */
export function parseMachineCpu(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (stat.split('\n', 1)[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

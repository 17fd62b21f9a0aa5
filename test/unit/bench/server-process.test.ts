import { expect, test } from 'vitest';
import { parseMachineCpu, parseProcessCpu } from '../../../bench/harness/process-cpu.js';
import { readTotals } from '../../../bench/servers/server-process.js';

test("a process's CPU time is user and system time, whatever its name", () => {
  const stat = '4242 (node (a) b) S 1 1 1 0 -1 4194304 100 0 0 0 250 50 7 8 20 0 11 0 1 2 3';
  expect(parseProcessCpu(stat)).toBe(3);
});

test("the machine's CPU time leaves idle time and waiting for disks out", () => {
  expect(parseMachineCpu('cpu  100 10 200 99999 5000 1 2 3 40 0\ncpu0 1 2 3\n')).toBeCloseTo(3.16);
});

test("the hub's batch totals are read from its drain report and from no other line", () => {
  expect(readTotals('{"level":30,"accepted":9,"batches":3,"rows":9,"msg":"drained"}')).toEqual({ batches: 3, rows: 9 });
  expect(readTotals('{"level":30,"msg":"drained"}')).toBeUndefined();
  expect(readTotals('{"level":30,"batches":3,"rows":9,"msg":"batch"}')).toBeUndefined();
  expect(readTotals('"drained"')).toBeUndefined();
});

/** Formats the summary for a terminal. Knows columns and words; measures nothing. */

import { percentText, table, wholeText } from '../harness/table.js';
import type { EngineFigures } from '../servers/engine-figures.js';
import type { Measurement } from './measurement.js';
import type { Summary } from './summary.js';

/** One line while the bench runs. */
export function progressLine(one: Measurement): string {
  const batch = one.meanBatch === undefined ? '' : `, mean batch ${one.meanBatch.toFixed(1)}`;
  return (
    `${one.server.padEnd(5)} ${String(one.sockets).padStart(5)} sockets  ${wholeText(one.predictionsPerSecond)}/s, ` +
    `p50 ${wholeText(one.p50Us)} us, p99 ${wholeText(one.p99Us)} us, ${one.serverCpuUs.toFixed(1)} us CPU${batch}`
  );
}

export function tablesOf({ servers, engine }: Summary): readonly string[] {
  return [...(servers.length > 0 ? [serverTable(servers)] : []), ...(engine.length > 0 ? [engineTable(engine)] : [])];
}

function serverTable(servers: readonly Measurement[]): string {
  const header = [
    'sockets',
    'server',
    'predictions/s',
    'p50 us',
    'p99 us',
    'CPU us each',
    'mean batch',
    'server core',
    'loader core',
    'others',
  ];
  const rows = servers.map((one) => [
    String(one.sockets),
    one.server,
    wholeText(one.predictionsPerSecond),
    wholeText(one.p50Us),
    wholeText(one.p99Us),
    one.serverCpuUs.toFixed(1),
    one.meanBatch?.toFixed(1) ?? '-',
    percentText(one.serverLoad),
    percentText(one.loaderLoad),
    percentText(one.otherLoad),
  ]);
  return table(header, rows);
}

function engineTable(engine: readonly EngineFigures[]): string {
  const header = ['engine alone, rows a batch', 'p50 us a batch', 'mean us a batch', 'CPU us a row'];
  const rows = engine.map(({ rows, p50BatchUs, meanBatchUs, cpuUsPerRow }) => [
    String(rows),
    wholeText(p50BatchUs),
    wholeText(meanBatchUs),
    cpuUsPerRow.toFixed(2),
  ]);
  return table(header, rows);
}

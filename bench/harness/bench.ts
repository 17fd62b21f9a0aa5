/**
 * A bench from its command line to its exit code: machine description, progress, table, JSON. Knows nothing of what is
 * measured.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OptionTable, optional, text, type ValuesOf } from '../../command-line/option.js';
import type { Program } from '../../command-line/program.js';
import { runProgram } from '../../command-line/run-program.js';
import { probeBackend } from '../../server/engine/backend/backend-probe.js';
import { terminalText } from '../../shared/terminal-text.js';
import { messageOf } from '../../shared/words/message-of.js';
import { describeMachine, machineText, takeLoaderCore } from './machine.js';
import { CHECK, type EngineName } from './options.js';
import { publish, type Report } from './report.js';

export interface Bench<Table extends OptionTable> extends Pick<Program<Table>, 'check' | 'outro' | 'options'> {
  /** Of `npm run`. */
  readonly name: string;
  /** What it measures, for `--help`. */
  readonly intro: string;
  /**
   * What the machine lacks, if anything. By default it must be able to separate servers and load, and this process
   * moves to the load's core.
   */
  readonly lack?: () => string | undefined;
  /** Printed instead of measuring, when that was requested. */
  readonly instead?: (values: ValuesOf<Table>) => string | undefined;
  /** Whether a missed target is exit code 1. */
  readonly fails: 'always' | 'with --check' | 'never';
}

/** The environment of a bench. */
export interface Stage {
  /** Prints a progress line, with the time since the start. */
  readonly say: (line: string) => void;
  /** Empty, and removed when the process ends. */
  readonly folder: string;
  /** From the option `engine`, in benches that have it. */
  readonly engine: EngineName;
}

const RESULTS = fileURLToPath(new URL('../', import.meta.url));

/** Ends the process: a signal or a failure also ends what was started (child.ts). */
export async function runBench<Table extends OptionTable>(
  bench: Bench<Table>,
  run: (values: ValuesOf<Table>, stage: Stage) => Promise<Report>,
): Promise<void> {
  const { name, intro, fails, lack = takeLoaderCore, instead = () => undefined, options, ...rest } = bench;
  const file = `${name.replace('bench:', '')}.json`;
  const program = {
    ...rest,
    name,
    intro: `npm run ${name} -- [options]\n\n${intro}`,
    options: {
      ...options,
      out: optional(text('FILE', '', 'Where the JSON goes.'), `dist/bench/${file}`),
      ...(fails === 'with --check' && { check: CHECK }),
    },
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
  await runProgram<OptionTable>(program, async (given) => {
    const { out, check = fails === 'always', ...own } = given;
    // They come from the bench's own table, besides `out` and `check`.
    const values = own as ValuesOf<Table>;
    const answer = instead(values);
    if (answer !== undefined) return console.log(answer);
    const machine = describeMachine();
    // Some benches have a list of them.
    const choice: unknown = 'engine' in values ? values.engine : undefined;
    const engine = typeof choice === 'string' ? await openEngine(choice) : undefined;
    const lacking = lack();
    if (lacking !== undefined) throw new Error(lacking);
    console.log(machineText(machine) + (engine === undefined ? '' : `, engine ${engine.name} ${engine.version}`));
    const startedAt = performance.now();
    const report = await run(values, {
      say: (line) =>
        console.log(`${String(Math.round((performance.now() - startedAt) / 1000)).padStart(4)} s  ${line}`),
      folder: temporaryFolder(),
      engine: engine?.name ?? 'wasm',
    });
    const written = { bench: name, date: new Date().toISOString(), machine, engine, options: own };
    const isMet = publish(report, written, typeof out === 'string' ? out : join(RESULTS, file));
    if (!isMet && (check === true || report.isFatal === true)) process.exitCode = 1;
  }).catch((error: unknown) => tellFailure(name, messageOf(error)));
  // Whatever a client has left open.
  process.exit();
}

/** Includes the last output of a failed child, which has several lines. */
function tellFailure(name: string, text: string): void {
  process.stderr.write(`${name}: ${text.split('\n').map(terminalText).join('\n')}\n`);
  process.exitCode = 1;
}

/** A folder that is removed when the process ends. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tickcast-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `auto` is native if that is installed. */
async function openEngine(choice: string): Promise<{ readonly name: EngineName; readonly version: string }> {
  const native = choice === 'wasm' ? undefined : await probeBackend('native');
  if (native?.available) return { name: 'native', version: native.version };
  if (native !== undefined && choice === 'native')
    throw new Error(
      `the engine "native" is not available: ${native.reason}. What to do: ${native.remedy}, or --engine wasm`,
    );
  const wasm = await probeBackend('wasm');
  if (!wasm.available) throw new Error(`no engine is available: ${wasm.reason}`);
  return { name: 'wasm', version: wasm.version };
}

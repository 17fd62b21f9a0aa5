/** Runs a program with its arguments, and prints help and problems. */

import { terminalText } from '../shared/terminal-text.js';
import { helpText } from './help.js';
import type { OptionTable, ValuesOf } from './option.js';
import { type Program, readCommandLine } from './program.js';

/**
 * Runs it with the values of these arguments, by default those of the process. Prints help when asked; on a problem prints one line and sets exit
 * code 1.
 */
export async function runProgram<Table extends OptionTable>(
  program: Program<Table>,
  run: (values: ValuesOf<Table>, operands: readonly string[]) => unknown,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const outcome = readCommandLine(program, args, process.env);
  switch (outcome.kind) {
    case 'help':
      process.stdout.write(helpText(program));
      break;
    case 'version':
      process.stdout.write(`${program.name.split(' ', 1)[0]} ${program.version}\n`);
      break;
    case 'problem':
      tellProblem(program.name, outcome.problem);
      break;
    case 'values':
      await run(outcome.values, outcome.operands);
  }
}

/** Prints one readable line and sets exit code 1. */
export function tellProblem(name: string, problem: string): void {
  process.stderr.write(`${name}: ${terminalText(problem)}\n`);
  process.exitCode = 1;
}

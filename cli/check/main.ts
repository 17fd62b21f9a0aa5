/** `tickcast check`: everything that would keep a hub with these options from starting, at once. */

import { helpText } from '../../command-line/help.js';
import { type Program, understand } from '../../command-line/program.js';
import { tellProblem } from '../../command-line/run-program.js';
import { checkHub } from '../../server/app/check.js';
import { type Config, HUB } from '../../server/config/config.js';
import type { OPTIONS } from '../../server/config/options.js';
import { terminalText } from '../../shared/terminal-text.js';

const CHECK: Program<typeof OPTIONS> = {
  ...HUB,
  name: 'tickcast check',
  intro: `Says everything that would keep a hub with these options from starting: wrong options, the token file, models, packages
that are missing, ports. Loads every model, and a broken one is a problem even where others are good. Starts no hub.
Connects to no broker. Exit code 1: there is a problem.

Usage: tickcast check [options of tickcast serve]`,
};

export async function check(args: readonly string[]): Promise<void> {
  const { asks, values, problems, invalid } = understand(CHECK, args, process.env);
  if (asks === 'help') process.stdout.write(helpText(CHECK));
  else if (asks === 'version') process.stdout.write(`tickcast ${CHECK.version}\n`);
  else await examine(values, problems, invalid);
}

async function examine(config: Config, faults: readonly string[], invalid: ReadonlySet<string>): Promise<void> {
  const { findings, warnings, problems } = await checkHub(config, invalid);
  for (const finding of findings) process.stdout.write(`${terminalText(finding)}\n`);
  for (const warning of warnings) process.stdout.write(`warning: ${terminalText(warning)}\n`);
  for (const problem of [...faults, ...problems]) tellProblem(CHECK.name, problem);
  if (faults.length + problems.length === 0) process.stdout.write('nothing keeps a hub from starting\n');
}

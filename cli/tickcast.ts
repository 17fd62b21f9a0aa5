/** The command `tickcast`: finds the verb, and loads what that verb needs and nothing else. */

import { tellProblem } from '../command-line/run-program.js';
import { firstLine } from '../shared/words/message-of.js';
import { readVerb, type Verb, verbsHelp } from './verbs.js';

const RUN: Readonly<Record<Verb, (args: readonly string[]) => Promise<void>>> = {
  serve: async (args) => (await import('../server/hub-process.js')).serve(args),
  predict: async (args) => (await import('./predict/main.js')).predict(args),
  feed: async (args) => (await import('./feed/main.js')).feed(args),
  check: async (args) => (await import('./check/main.js')).check(args),
  log: async (args) => (await import('./log/main.js')).log(args),
  doctor: async (args) => (await import('./doctor/doctor.js')).doctor(args),
  native: async (args) => (await import('./native/native.js')).native(args),
};

export async function tickcast(args: readonly string[]): Promise<void> {
  const read = readVerb(args);
  switch (read.kind) {
    case 'help':
      process.stdout.write(verbsHelp());
      break;
    case 'version': {
      const { version } = await import('../server/config/version.js');
      process.stdout.write(`tickcast ${version}\n`);
      break;
    }
    case 'problem':
      tellProblem('tickcast', read.problem);
      break;
    case 'verb':
      try {
        await RUN[read.verb](read.args);
      } catch (cause) {
        const missing = missingPackage(cause);
        if (missing === undefined) throw cause;
        tellProblem(`tickcast ${read.verb}`, missing);
      }
  }
}

/** A package that a verb needs and that is not installed, with what to do. */
function missingPackage(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const name = /^Cannot find package '([^']+)'/.exec(firstLine(cause))?.[1];
  return name === undefined ? undefined : `the package ${name} is not installed; npm i ${name}`;
}

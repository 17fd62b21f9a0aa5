/** The verbs of `tickcast`, and which of them a command line means. Pure. */

import { hint } from '../command-line/program.js';

/** What each is for, in the order of `--help`. */
export const VERBS = {
  serve: 'Runs a hub. What `tickcast` alone does, and `tickcast` with options.',
  predict: 'Asks a running hub: one input, or each line of a pipe.',
  feed: 'Publishes the lines of a file or of a pipe to a stream of a running hub.',
  check: 'Says everything that would keep a hub with these options from starting. Starts none.',
  log: 'Reads the prediction log, and erases lines of it.',
  doctor: 'Says which engines this machine has, why one is missing and what to do.',
  native: 'Installs the native TensorFlow engine from package registries alone.',
} as const;

export type Verb = keyof typeof VERBS;

export type VerbRead =
  | { readonly kind: 'verb'; readonly verb: Verb; readonly args: readonly string[] }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'problem'; readonly problem: string };

/** The verb comes first; options without one are those of `serve`. */
export function readVerb(args: readonly string[]): VerbRead {
  const [first, ...rest] = args;
  if (first === undefined) return { kind: 'verb', verb: 'serve', args };
  if (first === '--help' || first === '-h') return { kind: 'help' };
  if (first === '--version') return { kind: 'version' };
  if (first.startsWith('-')) return { kind: 'verb', verb: 'serve', args };
  if (isVerb(first)) return { kind: 'verb', verb: first, args: rest };
  if (first === 'help') {
    const [about] = rest;
    if (about === undefined) return { kind: 'help' };
    return isVerb(about) ? { kind: 'verb', verb: about, args: ['--help'] } : unknown(about);
  }
  return unknown(first);
}

export function verbsHelp(): string {
  const width = Math.max(...Object.keys(VERBS).map((verb) => verb.length)) + 2;
  return [
    'tickcast: a real-time prediction hub, and programs around it',
    '',
    'Usage: tickcast [VERB] [options]',
    '',
    ...Object.entries(VERBS).map(([verb, doc]) => `  ${verb.padEnd(width)}${doc}`),
    '',
    '  tickcast VERB --help   Prints the options of a verb.',
    '  tickcast --version     Prints the version.',
    '  tickcast --help        Prints this.',
    '',
  ].join('\n');
}

function isVerb(word: string): word is Verb {
  return Object.hasOwn(VERBS, word);
}

function unknown(word: string): VerbRead {
  const names = Object.keys(VERBS);
  // Somebody may give a folder as they would to other programs.
  const isPath = /[./\\]/.test(word);
  const advice = isPath ? ` (a model is given as tickcast serve --model ${word})` : hint(word, names);
  const known = `the verbs are ${names.join(', ')}`;
  return { kind: 'problem', problem: `unknown verb ${JSON.stringify(word)}${advice}; ${known}; see --help` };
}

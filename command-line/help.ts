/** Formats `--help` from a program's table of options. */

import { flagOf, type Option, type OptionTable } from './option.js';
import type { Program } from './program.js';

export function helpText({ intro, options, groups, version, operands, outro }: Program<OptionTable>): string {
  const rows = (table: OptionTable): Row[] =>
    Object.entries(table).map(([name, option]) => [leftOf(name, option), rightOf(option)]);
  const sections = groups?.map(({ title, options }) => ({ title, rows: rows(options) })) ?? [
    { title: '', rows: rows(options) },
  ];
  const first: Row[] = operands === undefined ? [] : [[`  ${operands.form}`, operands.doc]];
  const last: Row[] = [
    ...(version === undefined ? [] : [['  --version', 'Prints the version.'] as const]),
    ['  --help', 'Prints this.'],
  ];
  const all = [...first, ...sections.flatMap((section) => section.rows), ...last];
  const width = Math.max(...all.map(([left]) => left.length)) + 2;
  const lines = (some: readonly Row[]): string[] => some.map(([left, right]) => left.padEnd(width) + right);
  return [
    intro,
    '',
    ...lines(first),
    ...sections.flatMap(({ title, rows: own }) => (title === '' ? lines(own) : [`${title}:`, ...lines(own), ''])),
    ...lines(last),
    ...(outro === undefined ? [] : ['', outro]),
    '',
  ].join('\n');
}

type Row = readonly [left: string, right: string];

function leftOf(name: string, { form, placeholder = form }: Option<unknown>): string {
  return `  ${flagOf(name)} ${placeholder.replaceAll(' | ', '|').replaceAll(' to ', '..')}`.trimEnd();
}

function rightOf({ doc, form, quick, otherwise, ...option }: Option<unknown>): string {
  const shown = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));
  const initial = otherwise ?? (form === '' ? '' : shown(option.default));
  const notes = [initial, quick === undefined ? '' : `${shown(quick)} with --quick`].filter((note) => note !== '');
  return notes.length === 0 ? doc : `${doc} [${notes.join(', ')}]`;
}

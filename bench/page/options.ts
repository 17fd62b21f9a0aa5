/** Options of the bench of the page: from argv to a checked value, or to the line that says what was wrong. Knows nothing of what is measured. */

import { parseArgs } from 'node:util';
import { decimal, problemOf, whole } from '../harness/option-values.js';

export interface PageOptions {
  readonly minutes: number;
  /** Messages a second. */
  readonly rate: number;
  /** Subscribers besides the page, each with every item. */
  readonly viewers: number;
  /** Where the JSON goes; undefined: beside the built bench. */
  readonly out: string | undefined;
  /** A missed target ends the bench with exit code 1. */
  readonly check: boolean;
}

export type PageOptionsParsing =
  | { readonly kind: 'options'; readonly options: PageOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string };

const help = `npm run bench:page -- [options]

  --minutes N   how long it measures (10); 0.5 is the short form
  --rate N      messages a second on the stream that the page shows (2000)
  --viewers N   subscribers besides the page, each with every message (50)
  --out FILE    where the JSON goes (dist/bench/page-result.json)
  --check       exit code 1 when a target is missed

CHROMIUM names the browser, where it is not in its usual place.
`;

export function parsePageOptions(args: readonly string[]): PageOptionsParsing {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '10' },
        rate: { type: 'string', default: '2000' },
        viewers: { type: 'string', default: '50' },
        out: { type: 'string' },
        check: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help', text: help };
    const { out, check } = values;
    const options: PageOptions = {
      minutes: decimal('minutes', values.minutes, 0.1, 600),
      rate: whole('rate', values.rate, 1, 20_000),
      viewers: whole('viewers', values.viewers, 0, 1_000),
      out,
      check,
    };
    return { kind: 'options', options };
  } catch (error) {
    return { kind: 'problem', problem: problemOf(error) };
  }
}

/** Fewer samples of the heap than this have no thirds worth comparing. */
const LEAST_STRETCHES = 6;

export interface Schedule {
  /** Parts of the measured time, with a sample of the heap before each and after the last. */
  readonly stretches: number;
  readonly stretchSeconds: number;
}

/** A minute each, shorter where that would be too few. */
export function scheduleOf(minutes: number): Schedule {
  const stretches = Math.max(LEAST_STRETCHES, Math.round(minutes));
  return { stretches, stretchSeconds: (minutes * 60) / stretches };
}

/** Colours of the view by meaning, as ANSI sequences, or as nothing when not wanted. */

import { styleText } from 'node:util';

export type Tone = 'negative' | 'neutral' | 'positive' | 'strong' | 'faint' | 'brand' | 'alarm';

export type Paint = (tone: Tone, text: string) => string;

/** From the 16 basic colours, so that the terminal's own theme applies. */
const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  negative: 'red',
  neutral: 'gray',
  positive: 'green',
  strong: 'bold',
  faint: 'dim',
  brand: ['bold', 'cyan'],
  alarm: ['bold', 'yellow'],
};

/** {@link paintFor} decides once whether they are wanted, so that Node does not check the stream for each word. */
export const colours: Paint = (tone, text) =>
  text === '' ? '' : styleText(STYLES[tone], text, { validateStream: false });

export const noColours: Paint = (_tone, text) => text;

/** By the convention of no-color.org: any non-empty value disables colours. */
export function paintFor(env: Readonly<Record<string, string | undefined>>): Paint {
  return env.NO_COLOR === undefined || env.NO_COLOR === '' ? colours : noColours;
}

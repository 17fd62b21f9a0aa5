/** Colours of the view by meaning, as ANSI sequences, or as nothing where they are not wanted. */

import { styleText } from 'node:util';

export type Tone = 'negative' | 'neutral' | 'positive' | 'strong' | 'faint' | 'brand' | 'alarm';

export type Paint = (tone: Tone, text: string) => string;

/** Of the 16 basic colours: the terminal's own theme decides how they look. */
const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  negative: 'red',
  neutral: 'gray',
  positive: 'green',
  strong: 'bold',
  faint: 'dim',
  brand: ['bold', 'cyan'],
  alarm: ['bold', 'yellow'],
};

/** Whether they are wanted is decided once, by {@link paintFor}: Node is not to look at the stream for each word. */
export const colours: Paint = (tone, text) =>
  text === '' ? '' : styleText(STYLES[tone], text, { validateStream: false });

export const noColours: Paint = (_tone, text) => text;

/** By the convention of no-color.org: any value but an empty one. */
export function paintFor(env: Readonly<Record<string, string | undefined>>): Paint {
  return env.NO_COLOR === undefined || env.NO_COLOR === '' ? colours : noColours;
}

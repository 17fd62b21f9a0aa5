/** Colours of the view by meaning, as ANSI sequences, or as nothing where they are not wanted. */

export type Tone = 'negative' | 'neutral' | 'positive' | 'strong' | 'faint' | 'brand' | 'alarm';

export type Paint = (tone: Tone, text: string) => string;

/** Codes of the 16 basic colours: the terminal's own theme decides how they look. */
const CODES: Readonly<Record<Tone, string>> = {
  negative: '31',
  neutral: '90',
  positive: '32',
  strong: '1',
  faint: '2',
  brand: '1;36',
  alarm: '1;33',
};

export const colours: Paint = (tone, text) => (text === '' ? '' : `\x1b[${CODES[tone]}m${text}\x1b[0m`);

export const noColours: Paint = (_tone, text) => text;

/** By the convention of no-color.org: any value but an empty one. */
export function paintFor(env: Readonly<Record<string, string | undefined>>): Paint {
  return env.NO_COLOR === undefined || env.NO_COLOR === '' ? colours : noColours;
}

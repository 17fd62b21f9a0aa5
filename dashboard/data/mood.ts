/** The mood of a period: positive share minus negative share, in points. Knows no DOM. */

import { wholeShares } from '../ui/format.js';

/** Messages by tone. */
export interface Tally {
  readonly positive: number;
  readonly neutral: number;
  readonly negative: number;
}

export interface Mood {
  /** Integer per cents that sum to 100. */
  readonly positive: number;
  readonly neutral: number;
  readonly negative: number;
  /** -100 to 100, from the rounded shares, so that it agrees with the labels beside it. */
  readonly points: number;
}

/** Fewer messages than these are no mood. */
export const LEAST_MESSAGES = 20;

export function messagesOf({ positive, neutral, negative }: Tally): number {
  return positive + neutral + negative;
}

/** Undefined until there are messages. */
export function moodOf(tally: Tally): Mood | undefined {
  const shares = wholeShares([tally.positive, tally.neutral, tally.negative]);
  if (shares === undefined) return undefined;
  const [positive = 0, neutral = 0, negative = 0] = shares;
  return { positive, neutral, negative, points: positive - negative };
}

export function moodWord(points: number): string {
  const size = Math.abs(points);
  if (size < 10) return 'Mixed';
  return `${size < 50 ? 'Leaning' : 'Strongly'} ${points < 0 ? 'negative' : 'positive'}`;
}

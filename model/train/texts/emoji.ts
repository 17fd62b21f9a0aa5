/**
 * What emoji add to a text. The labelled tweets have none, so that no network learns from labels what they do to a text: a table of our own
 * says it.
 */

import type { Corpus } from './corpus.js';
import type { Words } from './words.js';

/**
 * How people use them, by strength. Left out is what is used both ways, such as 🙃 and 🤷, and what is a thing, such as 🚗. Held against
 * the log-odds that emoji have in the labels of GoEmotions and TweetEval emotion, where 49 of them are frequent: no sign differs,
 * and laughter and tears say as little there as here.
 */
const TABLE: readonly (readonly [mood: number, emoji: string])[] = [
  [1, '😍🥰😘❤♥💕💖💗💓💞💘💝💜💙💚💛🧡💟❣😻😊☺😃😄😁😀🤩🥳🤗🎉🎊👍👏🙌💯🏆🥇😇😋😌🌟✨💐🎁🎂'],
  [0.5, '😆😅😉😎😜😝😛🙂😺😸💪🙏👌✌🤞😏💃🕺🌈☀🌞🌸🌹🌻🍾🥂🎈🎶⭐🤤👑💋'],
  [0.25, '😂🤣😹🔥🤯'],
  [-0.25, '😭😬🙄🥴🙈😐😑😰😴'],
  [-0.5, '😢😥😓😕😟😦😧😨😱🙁😪🤦😿🤨'],
  [-1, '😡😠🤬😤😒😞😔☹😣😖😫😩🤢🤮👎💔🖕😾😷🤒💩👿'],
];

const MOODS: ReadonlyMap<string, number> = new Map(
  TABLE.flatMap(([mood, emoji]) => [...emoji].map((one): [string, number] => [one, mood])),
);

export const EMOJI: readonly string[] = [...MOODS.keys()];

/** Log-odds that an emoji of mood 1 adds to positive and takes from negative: of a neutral text it makes a positive one. */
const SHIFT = 1.5;
/** Several emoji say more than one, but not without end. */
const STRONGEST = 1.5;

/** Shifts what was said of the texts, three probabilities each, by the moods of their emoji. In place. */
export function shiftByEmoji(corpus: Corpus, words: Words, said: Float32Array): void {
  const moods = Float32Array.from(words.strings, (word) => MOODS.get(word) ?? 0);
  for (let text = 0; text < corpus.count; text++) {
    let mood = 0;
    for (let i = corpus.starts[text] ?? 0; i < (corpus.starts[text + 1] ?? 0); i++) {
      mood += moods[corpus.words[i] ?? 0] ?? 0;
    }
    if (mood === 0) continue;
    const factor = Math.exp(SHIFT * Math.min(Math.max(mood, -STRONGEST), STRONGEST));
    const [negative = 0, neutral = 0, positive = 0] = said.subarray(3 * text, 3 * text + 3);
    const sum = negative / factor + neutral + positive * factor;
    said.set([negative / factor / sum, neutral / sum, (positive * factor) / sum], 3 * text);
  }
}

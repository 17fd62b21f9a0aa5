/**
 * The effect of emoji on a text. The labelled tweets have none, so no network learns it from labels: it comes from our
 * own table.
 */

import type { Corpus } from './corpus.js';
import type { Words } from './words.js';

/**
 * How people use them, by strength. Omits those used both ways, such as 🙃 and 🤷, and objects, such as 🚗. Compared
 * with the log-odds of emoji in the labels of GoEmotions and TweetEval emotion, where 49 of them are frequent: no sign
 * differs, and laughter and tears are as weak there as here.
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

/** Log-odds that an emoji of mood 1 adds to positive and takes from negative: it turns a neutral text positive. */
const SHIFT = 1.5;
/** Several emoji add up, but not without limit. */
const STRONGEST = 1.5;

/** Shifts the opinions on the texts, three probabilities each, by the moods of their emoji. In place. */
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

/**
 * Makes the feed's messages: what a crowd might write about a few topics while its moods change. Knows nothing of
 * models or sockets.
 */

import { Mood } from './mood.js';
import { ODD_TEXTS } from './odd.js';
import { Random } from './random.js';
import { COMMON, CROSS, GLAD, TOPICS, type Topic } from './topics.js';

export interface Message {
  readonly topic: string;
  readonly text: string;
}

/** Fraction of all messages: plain news and questions, whatever the mood. */
const NEUTRAL_SHARE = 0.28;
/** Fraction of all messages: one from {@link ODD_TEXTS}. */
const ODD_SHARE = 1 / 150;
/** Even in the best mood some complain, and in the worst some praise. */
const EXTREME_SHARE = 0.95;

interface Speaker {
  readonly topic: Topic;
  readonly mood: Mood;
}

type Choices = readonly [string, ...string[]];

/** Whole sentences of a mood. */
const PRAISE: Choices = [
  '{thing} {good}',
  '{thing} {good}, {thanks}',
  'I {love} {thing}',
  'I {love} {thing} {when}, {thanks}',
  '{opening}, {thing} {good}',
  '{thing} {when}: {notBad}',
  '{thing} {bad}? Not for me, {notBad}',
  '{thing} was {awful} last week, {but} today: {thanks}',
  '{thanks}! {thing} {good}',
];
const COMPLAINT: Choices = [
  '{thing} {bad}',
  '{thing} {bad}, {sigh}',
  'I {hate} {thing}',
  'I {hate} {thing} {when}, {sigh}',
  '{opening}, {thing} {bad}',
  '{thing} {when}: {notGood}',
  'I wanted to like it, {but} {thing} {bad}',
  '{thing} was {great} last week, {but} today: {sigh}',
  '{sigh}. {thing} {bad}',
];
const NEUTRAL: Choices = ['{news}', '{news}', '{question}?', '{question}?'];

export class Grammar {
  readonly #random: Random;
  readonly #speakers: readonly [Speaker, ...Speaker[]];

  constructor(seed: number) {
    const random = new Random(seed);
    this.#random = random;
    // Each mood has its own generator, so that its course does not depend on the number of messages made.
    const speaker = (topic: Topic): Speaker => ({ topic, mood: new Mood(new Random(random.next() * 2 ** 32)) });
    const [first, ...others] = TOPICS;
    this.#speakers = [speaker(first), ...others.map(speaker)];
  }

  /** The current mood of each topic. */
  get moods(): ReadonlyMap<string, number> {
    return new Map(this.#speakers.map(({ topic, mood }) => [topic.name, mood.value]));
  }

  /** The next message, `seconds` after the start; times must not decrease between calls. */
  next(seconds: number): Message {
    for (const { mood } of this.#speakers) mood.advance(seconds);
    const { topic, mood } = this.#someone();
    const random = this.#random;
    if (random.chance(ODD_SHARE)) return { topic: topic.name, text: random.pick(ODD_TEXTS) };
    if (random.chance(NEUTRAL_SHARE)) return { topic: topic.name, text: this.#plain(topic) };
    const glad = random.chance(0.5 + (mood.value * EXTREME_SHARE) / 2);
    return { topic: topic.name, text: this.#lively(topic, glad) };
  }

  /** Picks a topic: big and hot ones more often. */
  #someone(): Speaker {
    const total = this.#speakers.reduce((sum, { topic, mood }) => sum + topic.size * mood.weight, 0);
    let left = this.#random.next() * total;
    for (const speaker of this.#speakers) {
      left -= speaker.topic.size * speaker.mood.weight;
      if (left < 0) return speaker;
    }
    return this.#speakers[0];
  }

  #plain(topic: Topic): string {
    const text = capital(this.#expand(this.#random.pick(NEUTRAL), topic));
    return this.#random.chance(0.25) ? `${text} #${this.#random.pick(topic.tag)}` : text;
  }

  #lively(topic: Topic, glad: boolean): string {
    const random = this.#random;
    let text = this.#expand(random.pick(glad ? PRAISE : COMPLAINT), topic);
    if (random.chance(0.12)) text = elongate(text, 2 + Math.floor(random.next() * 4));
    if (random.chance(0.05)) text = text.toUpperCase();
    else if (random.chance(0.6)) text = capital(text);
    text += random.pick(['', '', '.', '!', '!!', '!!!', '...']);
    if (random.chance(0.4)) text += ` ${random.pick(glad ? GLAD : CROSS).repeat(random.chance(0.25) ? 2 : 1)}`;
    if (random.chance(0.15)) text += ` ${random.pick(topic.emoji)}`;
    if (random.chance(0.3)) text += ` #${random.pick(topic.tag)}`;
    return text;
  }

  #expand(pattern: string, topic: Topic): string {
    const lists: Readonly<Record<string, unknown>> = { ...COMMON, ...topic };
    return pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
      const list = lists[name];
      if (!Array.isArray(list)) throw new Error(`the grammar has no list "${name}"`);
      return this.#expand(String(list[Math.floor(this.#random.next() * list.length)]), topic);
    });
  }
}

/** Capitalises the first letter of each sentence. */
function capital(text: string): string {
  return text.replace(/(^|[.!?] )([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** `so` -> `soooo`: draws out the last vowel of the first suitable word. */
function elongate(text: string, times: number): string {
  return text.replace(/\b(so|love|great|lovely|awful|terrible|hate|no|never|bad|good)\b/, (word) =>
    word.replace(/[aeiou](?=[^aeiou]*$)/, (vowel) => vowel.repeat(1 + times)),
  );
}

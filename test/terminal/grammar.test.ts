import { expect, test } from 'vitest';
import { textWidth } from '../../command-line/view/text-width.js';
import { Grammar, type Message } from '../../demo/text/grammar.js';
import { ODD_TEXTS } from '../../demo/text/odd.js';
import { TOPICS } from '../../demo/text/topics.js';

const RATE = 40;

function messages(seed: number, number: number): readonly Message[] {
  const grammar = new Grammar(seed);
  return Array.from({ length: number }, (_, i) => grammar.next(i / RATE));
}

/** Without the few that are deliberately odd. */
function usualTexts(seed: number, number: number): readonly string[] {
  return messages(seed, number)
    .map(({ text }) => text)
    .filter((text) => !ODD_TEXTS.includes(text));
}

test('the same seed gives the same messages, another seed others', () => {
  expect(messages(7, 200)).toEqual(messages(7, 200));
  expect(messages(8, 200)).not.toEqual(messages(7, 200));
});

test.each([1, 2, 3])('a thousand messages of seed %i repeat little and speak of every topic', (seed) => {
  const made = messages(seed, 1000);

  expect(new Set(made.map(({ text }) => text)).size).toBeGreaterThan(850);
  for (const { name } of TOPICS) expect(made.filter(({ topic }) => topic === name).length).toBeGreaterThan(50);
});

test('every message is short and fully expanded', () => {
  const wrong = usualTexts(1, 20_000).filter((text) => !/^[^{}]{8,140}$/.test(text) || text !== text.trim());

  expect(wrong).toEqual([]);
});

test('messages have hashtags, emoji, capitals, drawn-out words, negation, questions and plain news', () => {
  const made = messages(1, 3000).map(({ text }) => text);
  const share = (pattern: RegExp): number => made.filter((text) => pattern.test(text)).length / made.length;

  expect(share(/#[a-z0-9]+$/)).toBeGreaterThan(0.1);
  expect(share(/\p{Emoji_Presentation}/u)).toBeGreaterThan(0.2);
  expect(share(/^[^a-z]{12,}/)).toBeGreaterThan(0.01);
  expect(share(/([aeiou])\1\1/)).toBeGreaterThan(0.01);
  expect(share(/\b(?:not|never|no|don’t|can’t|nothing)\b/i)).toBeGreaterThan(0.1);
  expect(share(/\?/)).toBeGreaterThan(0.08);
  expect(share(/^(?:Line 4|Version|Rain from|Highs|Tickets|The \d)/)).toBeGreaterThan(0.01);
});

test('topics differ in how much they are talked about, as their sizes say', () => {
  const made = messages(3, 8_000);
  const share = (topic: string): number => made.filter((message) => message.topic === topic).length;
  const bySize = TOPICS.toSorted((a, b) => b.size - a.size).map(({ name }) => name);

  expect(share(bySize.at(0) ?? '')).toBeGreaterThan(2 * share(bySize.at(-1) ?? ''));
});

test('about one message in 150 is of the kind that careless pages get wrong: markup, other directions, long emoji', () => {
  const odd = messages(1, 12_000).filter(({ text }) => ODD_TEXTS.includes(text));

  expect(odd.length).toBeGreaterThan(50);
  expect(odd.length).toBeLessThan(120);
  for (const kind of [/<script>/, /\p{Script=Arabic}/u, /\p{Script=Hebrew}/u, /\u200d/u, /&lt;/, /\S{60}/]) {
    expect(odd.some(({ text }) => kind.test(text))).toBe(true);
  }
});

test('no odd message has a control character, a terminal sequence or a line break', () => {
  for (const text of ODD_TEXTS) expect(text).not.toMatch(/\p{Cc}/u);
});

test('emoji are those that every terminal draws two columns wide', () => {
  for (const text of usualTexts(1, 5000)) {
    // Neither joined emoji nor symbols that become emoji by a selector: terminals differ on their width.
    expect(text).not.toMatch(/\u200d|\ufe0f|[\u{1f3fb}-\u{1f3ff}]/u);
    for (const [emoji] of text.matchAll(/\p{Extended_Pictographic}/gu)) {
      expect(emoji).toMatch(/\p{Emoji_Presentation}/u);
      expect(textWidth(emoji)).toBe(2);
    }
  }
});

test('no message has a handle or an address, and no capitalised word but made-up names and days', () => {
  const allowed = /^(?:Orbit|Harbour|Rovers|Monday|Sunday|Saturday|Friday)$/;
  for (const text of usualTexts(2, 5000)) {
    expect(text).not.toMatch(/@|https?:|www\./);
    // Words within a sentence, since the first one is capitalised by position.
    const inside = text.matchAll(/(?<=[a-z0-9,:] )\p{Lu}\p{Ll}[\p{L}’]*/gu);
    for (const [word] of inside) expect(word).toMatch(allowed);
  }
});

test('moods drift between messages and jump now and then', () => {
  const grammar = new Grammar(1);
  const steps: number[] = [];
  let before = grammar.moods;
  for (let second = 1; second <= 300; second++) {
    grammar.next(second);
    for (const [topic, mood] of grammar.moods) steps.push(Math.abs(mood - (before.get(topic) ?? 0)));
    before = grammar.moods;
  }

  const jumps = steps.filter((step) => step > 0.5).length;
  const drifts = steps.filter((step) => step > 0 && step < 0.3).length;
  // Six topics over 300 seconds, a jump every 30 seconds per topic: about 60.
  expect(jumps).toBeGreaterThan(20);
  expect(jumps).toBeLessThan(140);
  expect(drifts).toBeGreaterThan(steps.length * 0.8);
});

test('moods depend on the time alone, and what is said follows the mood', () => {
  const slow = new Grammar(5);
  const fast = new Grammar(5);
  const heard = { praise: 0, complaints: 0 };
  for (let i = 1; i <= 4000; i++) {
    const { text, topic } = fast.next(i / 20);
    const mood = fast.moods.get(topic) ?? 0;
    if (/[😀😍🎉👍🥰😂🙌💚]/u.test(text)) heard.praise += mood;
    if (/[😡😭👎😤🙄😩💔😞]/u.test(text)) heard.complaints += mood;
  }
  slow.next(200);

  expect(slow.moods).toEqual(fast.moods);
  expect(heard.praise).toBeGreaterThan(50);
  expect(heard.complaints).toBeLessThan(-50);
});

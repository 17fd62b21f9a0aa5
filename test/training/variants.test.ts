// Modified texts for the students: the changes, and the opinions passed on to them.
import { describe, expect, test } from 'vitest';
import { Random } from '../../model/train/network/random.js';
import { CorpusReader } from '../../model/train/texts/corpus.js';
import { EMOJI, shiftByEmoji } from '../../model/train/texts/emoji.js';
import { makeVariants, passOnToVariants } from '../../model/train/texts/variants.js';

const sets = [
  { name: 'one', classes: 3, examples: ['a bus', 'a train'].map((text) => ({ classes: 1, text })) },
  { name: 'two', classes: 2, examples: Array.from({ length: 98 }, (_, i) => ({ classes: 2, text: `text ${i}` })) },
];
const texts = sets.flatMap(({ examples }) => examples.map(({ text }) => text));

describe('variants', () => {
  test('are texts of all sets with an emoji behind them or in capitals, without labels', () => {
    const { set, bases } = makeVariants(sets, { emoji: 3, capitals: 0.5 }, new Random(1));
    expect(set.classes).toBe(0);
    expect(set.examples).toHaveLength(350);
    expect(bases).toHaveLength(350);
    const bare: string[] = [];
    for (const [i, { classes, text }] of set.examples.entries()) {
      const base = bases[i] === -1 ? '' : (texts[bases[i] ?? 0] ?? '');
      expect(classes).toBe(0);
      if (base === '') bare.push(text);
      if (i >= 300) {
        expect(text).toBe(base.toUpperCase());
        continue;
      }
      const added = [...text.slice(base.length + 1)];
      expect(text.startsWith(`${base} `)).toBe(true);
      expect(EMOJI).toContain(added[0]);
      expect(added.length).toBeLessThanOrEqual(3);
      expect(new Set(added).size).toBe(1);
    }
    expect(bare.length).toBeGreaterThan(2);
    expect(bare.length).toBeLessThan(50);
    expect(makeVariants(sets, { emoji: 3, capitals: 0.5 }, new Random(1)).set).toEqual(set);
    expect(makeVariants(sets, { emoji: 3, capitals: 0.5 }, new Random(2)).set).not.toEqual(set);
  });

  test('have the opinion of their base; one without a base keeps its own', () => {
    const said = Float32Array.of(0.1, 0.2, 0.7, 0.5, 0.25, 0.25, 0, 1, 0, 0.3, 0.3, 0.4);
    passOnToVariants(Int32Array.of(0, -1), said);
    expect([...said.slice(6)]).toEqual([...Float32Array.of(0.1, 0.2, 0.7, 0.3, 0.3, 0.4)]);
    expect([...said.slice(0, 6)]).toEqual([...Float32Array.of(0.1, 0.2, 0.7, 0.5, 0.25, 0.25)]);
  });
});

describe('emoji', () => {
  const reader = new CorpusReader();
  const shifted = (text: string, said = [0.2, 0.6, 0.2]) => {
    const values = Float32Array.from(said);
    const examples = [{ classes: 1, text }];
    shiftByEmoji(reader.read([{ name: 'x', classes: 3, examples }]), reader.words, values);
    return [...values].map((value) => Number(value.toFixed(4)));
  };

  test('each is one code point that the tokeniser keeps, and stands in the table once', () => {
    expect(new Set(EMOJI).size).toBe(EMOJI.length);
    for (const emoji of EMOJI) expect(shifted(emoji), emoji).not.toEqual([0.2, 0.6, 0.2]);
  });

  test('move log-odds by their mood: a neutral text becomes positive or negative', () => {
    const [negative, neutral, positive] = shifted('the bus is here 😍') as [number, number, number];
    expect(Math.log(positive / neutral) - Math.log(0.2 / 0.6)).toBeCloseTo(1.5, 2);
    expect(Math.log(negative / neutral) - Math.log(0.2 / 0.6)).toBeCloseTo(-1.5, 2);
    expect(negative + neutral + positive).toBeCloseTo(1, 3);
    expect(shifted('the bus is here 😡')).toEqual([positive, neutral, negative]);
  });

  test('several say more than one, with an end; opposite ones nothing; skin tones and other texts nothing', () => {
    const [one, two, five] = ['👍', '👍👍', '👍👍👍👍👍'].map((emoji) => shifted(emoji)[2] ?? 0);
    expect(two).toBeGreaterThan(one ?? 1);
    expect(five).toBe(two);
    expect(shifted('👍🏿')).toEqual(shifted('👍'));
    expect(shifted('love and hate 😍😡')).toEqual([0.2, 0.6, 0.2]);
    expect(shifted('no emoji :) 🚗')).toEqual([0.2, 0.6, 0.2]);
  });
});

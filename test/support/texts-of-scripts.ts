/** Made-up texts of all scripts, the same for the same seed: letters, marks, emoji, controls, spaces, sentences. */

import { Random } from './random.js';

/** Blocks that are nearly full since long, by their first and last code point. */
const SCRIPTS: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  latin: [
    [0x41, 0x5a],
    [0x61, 0x7a],
    [0xc0, 0x24f],
    [0x1e00, 0x1eff],
  ],
  greek: [
    [0x370, 0x3ff],
    [0x1f00, 0x1fff],
  ],
  cyrillic: [[0x400, 0x52f]],
  armenian: [[0x531, 0x58f]],
  hebrew: [[0x591, 0x5f4]],
  arabic: [
    [0x600, 0x6ff],
    [0xfb50, 0xfbb1],
    [0xfe70, 0xfefc],
  ],
  syriac: [[0x700, 0x74f]],
  devanagari: [[0x900, 0x97f]],
  bengali: [[0x981, 0x9fb]],
  tamil: [[0xb82, 0xbfa]],
  thai: [[0xe01, 0xe5b]],
  tibetan: [[0xf00, 0xfda]],
  georgian: [[0x10a0, 0x10ff]],
  hangul: [
    [0x1100, 0x11ff],
    [0xac00, 0xd7a3],
  ],
  ethiopic: [[0x1200, 0x137c]],
  cherokee: [[0x13a0, 0x13f4]],
  khmer: [[0x1780, 0x17f9]],
  mongolian: [[0x1800, 0x18aa]],
  kana: [
    [0x3041, 0x30ff],
    [0xff00, 0xffee],
  ],
  cjk: [
    [0x4e00, 0x9fa5],
    [0x3400, 0x4db5],
    [0x20000, 0x2a6d6],
    [0x2b740, 0x2b81d],
    [0xf900, 0xfad9],
  ],
  gothic: [[0x10330, 0x1034a]],
  deseret: [[0x10400, 0x1044f]],
  chakma: [[0x11100, 0x11146]],
  mathematical: [[0x1d400, 0x1d7ff]],
  symbols: [
    [0x2000, 0x206f],
    [0x20a0, 0x20be],
    [0x2100, 0x218b],
    [0x2460, 0x27bf],
    [0x3000, 0x303f],
    [0x3200, 0x33ff],
  ],
  marks: [
    [0x300, 0x36f],
    [0x1ab0, 0x1abe],
    [0x1dc0, 0x1df5],
    [0x20d0, 0x20f0],
  ],
  controls: [
    [0x0, 0x1f],
    [0x7f, 0xa0],
    [0x200b, 0x200f],
    [0x202a, 0x202e],
    [0xfff9, 0xffff],
    [0xe000, 0xe010],
  ],
  emoji: [
    [0x1f300, 0x1f64f],
    [0x1f680, 0x1f6c5],
    [0x1f900, 0x1f9ff],
  ],
};

const EDGES = [
  '\ud800',
  '\udfff',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10ffff}',
  '\u{10000}',
  '\ufeff',
  '\ufffd',
  '\0',
  '\r\n',
];
const PUNCTUATION = [...'.,;:!?()[]{}<>/\\|@#$%^&*_-+=~`\'"«»„“”‘’…—–·¿¡。、「」!'];
const FRAGMENTS = [
  '👩‍💻',
  '👍🏽',
  '👨‍👩‍👧‍👦',
  '🇫🇷',
  '❤️',
  '[CLS]',
  ' [MASK] ',
  '<mask>',
  'the <mask> here',
  '<x>  after',
  'Café',
  'Cafés',
  'cafe\u0301',
  '</s>',
  '<s>',
  '<unk>',
  '<0x41>',
  '▁',
  '▁▁ ▁a▁',
  "don't we'll I'm they're",
  'ΟΔΟΣ ΑΣ Σ',
  'İstanbul ıI',
  'STRASSE straße ẞ',
  'x² ½ Ⅳ ㎒ ﬁ',
  '12345 3.14 1,000',
  '\u1100\u1161\u11a8',
  'がか\u3099',
  '5\u0301\u0327',
] as const;
const SPACES = [' ', '  ', '\t', '\n', '\r\n', '\u00a0', '\u3000', '\u2028', '\u0085', '   '] as const;
const SYLLABLES = 'ka lo mi ren sto va del qui tra zu ber fin gal hox ing er the and of un'.split(' ');

export function textsOfScripts(count: number, seed: number): readonly string[] {
  return new Writer(seed).texts(count);
}

class Writer {
  readonly #random: Random;
  readonly #names = Object.keys(SCRIPTS);

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  texts(count: number): readonly string[] {
    const fixed = [
      '',
      ' ',
      ' \n\t ',
      '\u200b',
      '\0',
      'a'.repeat(100),
      'a'.repeat(101),
      'é'.repeat(99),
      '🔥'.repeat(60),
    ];
    return Array.from({ length: count }, (_, index) => {
      const text = fixed[index] ?? this.#text();
      // As it arrives: in UTF-8, where halves of a character are replaced.
      return Buffer.from(text).toString();
    });
  }

  #text(): string {
    const kind = this.#random.next();
    if (kind < 0.3) return this.#sentence();
    if (kind < 0.34) return this.#word(this.#random.pick(this.#names), 90 + this.#random.below(60));
    const parts = 1 + this.#random.below(12);
    let text = '';
    for (let i = 0; i < parts; i++) text += this.#part() + (this.#random.next() < 0.6 ? this.#space() : '');
    return text;
  }

  #sentence(): string {
    const words = Array.from({ length: 3 + this.#random.below(20) }, () =>
      Array.from({ length: 1 + this.#random.below(3) }, () => this.#random.pick(SYLLABLES)).join(''),
    );
    const text = words.join(' ');
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}${this.#random.pick(['.', '!', '?', '', ' :)'])}`;
  }

  #part(): string {
    const kind = this.#random.next();
    if (kind < 0.5) return this.#word(this.#random.pick(this.#names), 1 + this.#random.below(9));
    if (kind < 0.6)
      return this.#word('latin', 1 + this.#random.below(5)) + this.#word('marks', 1 + this.#random.below(3));
    if (kind < 0.7) return this.#random.pick(PUNCTUATION).repeat(1 + this.#random.below(3));
    if (kind < 0.75) return this.#random.pick(EDGES);
    if (kind < 0.85) return this.#random.pick(FRAGMENTS);
    if (kind < 0.9) return String(this.#random.below(100_000));
    return this.#random.pick(SYLLABLES) + this.#word(this.#random.pick(this.#names), 1);
  }

  #space(): string {
    return this.#random.next() < 0.8 ? ' ' : this.#random.pick(SPACES);
  }

  #word(script: string, length: number): string {
    const ranges = SCRIPTS[script] ?? [];
    let word = '';
    for (let i = 0; i < length; i++) {
      const [first, last] = this.#random.pick(ranges);
      word += String.fromCodePoint(first + this.#random.below(last - first + 1));
    }
    return word;
  }
}

// The tokeniser: examples of each rule, the regular expressions as reference, and a bound on the work that counts
// steps.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EmoticonFinder } from '../../../shared/text/emoticon.js';
import { LinkFinder } from '../../../shared/text/link.js';
import { TokenList } from '../../../shared/text/token-list.js';
import { Tokeniser } from '../../../shared/text/tokenise.js';
import { referenceTokens } from './reference-tokens.js';

function tokens(text: string, maxTokens = 56): string[] {
  const list = new TokenList(maxTokens);
  new Tokeniser(list).tokenise(text);
  return list.toStrings();
}

const EL = '\u0001el';
const CAPS = '\u0001caps';

test.each<[rule: string, text: string, expected: string[]]>([
  [
    'drawn-out and shouted words get markers',
    'I’m SOOO happyyyy!!! :) #blessed 😂😂',
    ['im', 'soo', EL, CAPS, 'happyy', EL, '!!', ':)', '#blessed', '😂', '😂'],
  ],
  [
    'negation, dots and hearts',
    "This isn't good... not bad at all?! :-( </3",
    ['this', 'isnt', 'good', '..', 'not', 'bad', 'at', 'all', '!?', ':-(', '</3'],
  ],
  [
    'entities and curly quotes are replaced',
    'you &amp; me &lt;3 don‘t &amp;lt;',
    ['you', '&', 'me', '<3', 'dont', '&', 'lt', ';'],
  ],
  [
    'links vanish',
    'see https://example.com/a?b=c now WWW.example.org x.co.uk/y bit.ly/3 end.',
    ['see', 'now', 'end', '.'],
  ],
  ['a domain without a path stays text', 'tickcast.com rocks', ['tickcast', '.', 'com', 'rocks']],
  ['names become one token', '@alice thanks @bob_99!', ['@', 'thanks', '@', '!']],
  [
    'emoticons of all kinds',
    ':) :-( ;D <:o) (: d-: ^__^ -___- xD XDD T_T :))))) =P',
    [':)', ':-(', ';d', '<:o)', '(:', 'd-:', '^__^', '-__-', 'xd', 'xdd', 't_t', ':))', '=p'],
  ],
  ['xd before a letter is no emoticon', 'xdr', ['xdr']],
  ['numbers are one token', '3 1,000.50 10:30 50% 2nd 7.', ['0', '0', '0', '0', '0', '0']],
  ['runs of ! and ?', '! !!! ? ???? ?!', ['!', '!!', '?', '??', '!?']],
  ['skin tones and joiners are dropped', '👍🏽 ❤️ 👩‍💻', ['👍', '❤', '👩', '💻']],
  ['words of other scripts', 'Ça va ÉTÉ 日本語', ['ça', 'va', 'été', CAPS, '日本語']],
  ['an apostrophe at the end is a token', "rock'n'roll boys' ", ['rocknroll', 'boys', "'"]],
  ['backslashes vanish', 'a\\nb', ['anb']],
  ['white space alone', ' \t\n', []],
  ['nothing', '', []],
])('%s', (_, text, expected) => {
  expect(tokens(text)).toEqual(expected);
});

test('at most maxTokens tokens are kept, markers included', () => {
  expect(tokens('one two three', 2)).toEqual(['one', 'two']);
  expect(tokens('WOOOW yes', 2)).toEqual(['woow', EL]);
  expect(tokens('😂'.repeat(100))).toHaveLength(56);
});

test('a list used again holds nothing of the text before', () => {
  const list = new TokenList(56);
  const tokeniser = new Tokeniser(list);
  tokeniser.tokenise('a much longer text than the next one WOOOOW');
  tokeniser.tokenise('ok');
  expect(list.toStrings()).toEqual(['ok']);
});

const FRAGMENTS = [
  ...'aDdeEtTxXoOpsSß_éÉ@#3190.,:;=-+*^\'"()[]{}<>/|\\&%!?~ \n😂🏽❤★…’`日İǅ',
  ...[
    'http://',
    'HTTPS://',
    'www.',
    'a.com/',
    '.co.uk/',
    '&amp;',
    '&lt;',
    '&#39;',
    'aaa',
    'GOOO',
    "n't",
    '\ufe0f',
    '\u200d',
  ],
];
const anyText = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...FRAGMENTS) }, fc.string({ unit: 'binary', maxLength: 4 })))
  .map((parts) => parts.join(''));

test('the scanner agrees with the regular expressions on any text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(tokens(text)).toEqual(referenceTokens(text, 56));
    }),
    { numRuns: 3_000 },
  );
});

test('lone surrogates and other odd code units do not throw', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff)), (units) => {
      expect(() => tokens(String.fromCharCode(...units))).not.toThrow();
    }),
  );
});

const SIZE = 20_000;
const HARD_TEXTS: [name: string, text: string][] = [
  ['brackets that may be mouths', '('.repeat(SIZE)],
  ['mouths with noses but no eyes', '(-'.repeat(SIZE / 2)],
  ['dotted names that may be hosts', 'a.'.repeat(SIZE / 2)],
  ['hosts with endings but no path', '.com'.repeat(SIZE / 4)],
  ['hyphens', '-'.repeat(SIZE)],
  ['underscores after a hyphen', `-${'_'.repeat(SIZE)}`],
  ['hearts that never end', '</'.repeat(SIZE / 2)],
];

test.each(HARD_TEXTS)(
  'looking for links and emoticons at every position of %s reads each character a few times',
  (_, text) => {
    let reads = 0;
    const points = new Proxy(
      Int32Array.from(text, (c) => c.charCodeAt(0)),
      {
        get(target, key) {
          reads++;
          return Reflect.get(target, key);
        },
      },
    );
    const links = new LinkFinder();
    const emoticons = new EmoticonFinder();
    links.begin(points, text.length);
    emoticons.begin(points, text.length);
    for (let at = 0; at < text.length; ) at = Math.max(links.endOf(at, true), emoticons.endOf(at), at + 1);
    expect(reads).toBeLessThan(40 * text.length);
  },
);

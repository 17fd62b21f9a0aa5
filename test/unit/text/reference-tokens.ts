// The tokeniser's rules as regular expressions: slow and short, as a reference for the fast scanner.

const W = String.raw`[\p{L}\p{Nd}_]`;
const anyCase = (text: string) =>
  [...text].map((c) => (/[a-z]/.test(c) ? `[${c}${c.toUpperCase()}]` : `\\${c}`)).join('');
const ENDING = ['com', 'org', 'net', 'ly', 'co', 'it', 'uk'].map(anyCase).join('|');
const BOUNDARY = `(?:(?<!${W})(?=${W})|(?<=${W})(?!${W}))`;
const EMOTICONS = [
  String.raw`[<>]?[:;=][\-oO*'^]?[)\](\[dDpP\/\\|@3sSoO*}\{]+`,
  String.raw`[)\](\[dD]+[\-oO*'^]?[:;=]`,
  '<3+',
  String.raw`<\/3+`,
  String.raw`\^_+\^`,
  '-_+-',
  String.raw`[xX][dD]+(?!\p{L})`,
  '[tT]_+[tT]',
].join('|');

const RULES: readonly (readonly [rule: RegExp, tokens: (match: string) => string[]])[] = [
  [sticky(String.raw`(?:${anyCase('http')}[sS]?:\/\/|${anyCase('www.')})\S*`), () => []],
  [sticky(String.raw`${BOUNDARY}[A-Za-z0-9.\-]+\.(?:${ENDING})\/\S*`), () => []],
  [sticky(`@${W}+`), () => ['@']],
  [sticky(EMOTICONS), (match) => [cut(lower(match))]],
  [sticky(`#${W}+`), word],
  [sticky(String.raw`\p{L}${W}*(?:'\p{L}+)*`), word],
  [sticky(String.raw`\p{Nd}[\p{Nd}.,:]*%?${W}*`), () => ['0']],
  [sticky('[!?]+'), exclamation],
  [sticky(String.raw`\.{2,}|…`), () => ['..']],
  [sticky(String.raw`[\u{1F3FB}-\u{1F3FF}]`), () => []],
  [sticky(String.raw`[\u2190-\u2BFF\u3030\u303D\u{1F000}-\u{1FAFF}]`), (match) => [match]],
  [sticky(String.raw`(?!${W})[^\s\uFE0F\u200D]`), (match) => [match]],
  [sticky('[^]'), () => []],
];

export function referenceTokens(text: string, maxTokens: number): string[] {
  const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
  const normal = text
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? '')
    .replace(/[’‘`]/g, "'")
    .replaceAll('\\', '');
  const tokens: string[] = [];
  for (let at = 0; at < normal.length && tokens.length < maxTokens; ) {
    for (const [rule, tokensOf] of RULES) {
      rule.lastIndex = at;
      const match = rule.exec(normal)?.[0];
      if (match === undefined) continue;
      tokens.push(...tokensOf(match));
      at += match.length;
      break;
    }
  }
  return tokens.slice(0, maxTokens);
}

function sticky(source: string): RegExp {
  return new RegExp(source, 'uy');
}

/** Each code point by itself, as the hash sees it. */
function lower(text: string): string {
  return [...text].map((c) => [...(/[\p{Lu}\p{Lt}]/u.test(c) ? c.toLowerCase() : c)][0]).join('');
}

function cut(text: string): string {
  return text.replace(/(.)\1{2,}/gsu, '$1$1');
}

function word(match: string): string[] {
  const plain = lower(match).replaceAll("'", '');
  const tokens = [cut(plain)];
  if (tokens[0] !== plain) tokens.push('\u0001el');
  if ([...match].length >= 3 && !/\p{Ll}/u.test(match) && /[\p{Lu}\p{Lt}]/u.test(match)) tokens.push('\u0001caps');
  return tokens;
}

function exclamation(match: string): string[] {
  const kinds = new Set(match);
  if (kinds.size === 2) return ['!?'];
  return [match.slice(0, 2)];
}

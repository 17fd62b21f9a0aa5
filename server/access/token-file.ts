/**
 * Parses and checks a token file: `{ keys: [{ name, token, scopes, ...quota }], jwt?: { ... } }`. A problem names the field, what
 * was expected and what to do, but never the file's content, since it is logged.
 */

import { z } from 'zod';
import { encodingHint, withoutMark } from '../../shared/words/json-text.js';
import { type Quota, SCOPES } from '../contracts/access.js';
import { type JwtSettings, jwtProblem, jwtSchema } from './jwt-settings.js';
import { quotaFields, quotaOf } from './quota.js';
import { MAX_PATTERNS, scopeProblem } from './scopes.js';

export interface TokenKey {
  readonly name: string;
  readonly token: string;
  /** With or without names; see {@link grantOf}. */
  readonly scopes: readonly string[];
  readonly quota: Quota | undefined;
}

export interface TokenFile {
  readonly keys: readonly TokenKey[];
  readonly jwt: JwtSettings | undefined;
}

export type TokenFileParsed =
  | { readonly ok: true; readonly file: TokenFile }
  | { readonly ok: false; readonly problem: string };

/** 128 bits as hexadecimal digits. */
const MIN_TOKEN_CHARS = 32;
const MAX_TOKEN_CHARS = 512;
const MAKE_ONE = 'make one with: openssl rand -hex 32';

const key = z.strictObject({
  name: z
    .string('expected a name for log lines')
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected 1 to 64 letters, digits, ".", "_" or "-": it stands in log lines'),
  token: z
    .string(`expected a text; ${MAKE_ONE}`)
    .refine((text) => !text.startsWith('put here'), { message: `is still the placeholder; ${MAKE_ONE}`, abort: true })
    .regex(
      new RegExp(`^[\\x21-\\x7e]{${MIN_TOKEN_CHARS},${MAX_TOKEN_CHARS}}$`),
      `expected ${MIN_TOKEN_CHARS} to ${MAX_TOKEN_CHARS} ASCII characters without spaces; ${MAKE_ONE}`,
    ),
  scopes: z
    .array(
      z.string(`expected one of ${SCOPES.join(', ')}`).check(({ value, issues }) => {
        const message = scopeProblem(value);
        if (message !== undefined) issues.push({ code: 'custom', message, input: value });
      }),
      `expected a list of ${SCOPES.join(', ')}`,
    )
    .max(MAX_PATTERNS, `expected ${MAX_PATTERNS} at most`)
    .min(1, `expected at least one of ${SCOPES.join(', ')}: without, the token opens nothing`),
  ...quotaFields,
});
const schema = z.strictObject(
  {
    keys: z.array(key, 'expected a list of { name, token, scopes }').max(10_000, 'expected 10,000 at most'),
    jwt: jwtSchema.optional(),
  },
  'the file must be an object: { "keys": [{ "name", "token", "scopes" }] }',
);

/** Parses the text of a token file. Never throws. */
export function parseTokenFile(given: string): TokenFileParsed {
  const text = withoutMark(given);
  if (text.trim() === '') return refuse('it is empty; docs/access.md shows its form');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    return refuse(`it is not JSON${encodingHint(text)}${placeOf(cause, text)}; check it with a JSON tool`);
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) return refuse(readable(parsed.error));
  const { jwt } = parsed.data;
  const keys = parsed.data.keys.map(({ name, token, scopes, ...limits }) => ({
    name,
    token,
    scopes,
    quota: quotaOf(limits),
  }));
  if (keys.length === 0 && jwt === undefined)
    return refuse('"keys" is empty and there is no "jwt": nobody could come in; add a key');
  const twice = repeated(keys.map(({ name }) => name)) ?? repeated(keys.map(({ token }) => token));
  if (twice !== undefined) {
    const [first, second] = twice;
    const field = keys[first]?.name === keys[second]?.name ? 'name' : 'token';
    return refuse(`"keys[${second}].${field}" is that of "keys[${first}]" too; each key needs its own`);
  }
  const problem = jwt === undefined ? undefined : jwtProblem(jwt);
  return problem === undefined ? { ok: true, file: { keys, jwt } } : refuse(problem);
}

function repeated(words: readonly string[]): readonly [number, number] | undefined {
  const seen = new Map<string, number>();
  for (const [index, word] of words.entries()) {
    const first = seen.get(word);
    if (first !== undefined) return [first, index];
    seen.set(word, index);
  }
  return undefined;
}

/** Where the text stops being JSON. The message of JSON.parse would quote the file. */
function placeOf(cause: unknown, text: string): string {
  const position = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1];
  return position === undefined ? '' : ` at line ${text.slice(0, Number(position)).split('\n').length}`;
}

/** The first thing to fix, in one line. Unknown field names are not quoted: one could be a token. */
function readable(error: z.ZodError): string {
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0];
  if (issue === undefined) return 'it is not valid';
  const at = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  if (issue.code === 'unrecognized_keys')
    return `${at === '' ? 'the file' : `"${at}"`} has a field that is not known; known are ${knownAt(issue.path).join(', ')}`;
  return at === '' ? issue.message : `"${at}": ${issue.message}`;
}

function knownAt(path: readonly PropertyKey[]): readonly string[] {
  if (path[0] === 'keys') return Object.keys(key.shape);
  return Object.keys(path[0] === 'jwt' ? jwtSchema.shape : schema.shape);
}

function refuse(problem: string): TokenFileParsed {
  return { ok: false, problem };
}

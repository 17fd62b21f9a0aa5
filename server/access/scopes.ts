/**
 * The scopes of a token: `predict`, or `predict:PATTERN` for the names that match. A pattern is a name in which `*` stands
 * for any characters, also none. `predict` is limited by names of models, `publish` and `subscribe` by names of streams.
 */

import { type Allows, type Reach, type Rights, rightsOf, SCOPES, type Scope } from '../contracts/access.js';

/** Maximum patterns of one token: each name is compared with all of them. */
export const MAX_PATTERNS = 64;
const PATTERN = /^[A-Za-z0-9._/*-]{1,64}$/;

/** `pattern`: undefined where it reaches every name. */
interface ScopeEntry {
  readonly scope: Scope;
  readonly pattern: string | undefined;
}

/** Why a text is no scope; undefined: it is one. */
export function scopeProblem(text: string): string | undefined {
  if (parseScope(text) !== undefined) return undefined;
  const known = `expected one of ${SCOPES.join(', ')}, or one with names, such as subscribe:acme/* or predict:sentiment`;
  if (text.startsWith('admin:')) return `${known}; admin is for the whole hub`;
  if (text.startsWith('predict:') && text.includes('@'))
    return `${known}; without a version: a scope holds for all versions of a model`;
  return known;
}

/** What these scopes grant together; unknown ones are ignored. A scope without a pattern outdoes those with one. */
export function grantOf(scopes: readonly string[]): { readonly rights: Rights; readonly reach?: Reach } {
  const entries = scopes.flatMap((text) => parseScope(text) ?? []);
  const rights = rightsOf(entries.map(({ scope }) => scope));
  const reach: { -readonly [Key in keyof Reach]: Reach[Key] } = {};
  for (const scope of ['predict', 'publish', 'subscribe'] as const) {
    const own = entries.filter((entry) => entry.scope === scope);
    if (own.length > 0 && own.every(({ pattern }) => pattern !== undefined))
      reach[scope] = allowsOf(own.flatMap(({ pattern }) => pattern ?? []).slice(0, MAX_PATTERNS));
  }
  return Object.keys(reach).length === 0 ? { rights } : { rights, reach };
}

function parseScope(text: string): ScopeEntry | undefined {
  const colon = text.indexOf(':');
  const scope = SCOPES.find((one) => one === (colon < 0 ? text : text.slice(0, colon)));
  if (scope === undefined) return undefined;
  if (colon < 0) return { scope, pattern: undefined };
  const pattern = text.slice(colon + 1);
  return scope === 'admin' || !PATTERN.test(pattern) ? undefined : { scope, pattern };
}

function allowsOf(patterns: readonly string[]): Allows {
  const split = patterns.map((pattern) => pattern.split('*'));
  return (name) => split.some((parts) => matches(name, parts));
}

/** The parts between the asterisks, each at its first place after the one before: linear, unlike a regular expression. */
function matches(name: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

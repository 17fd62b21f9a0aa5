/** The token a client comes with: given, or asked of a function each time. It stands in no message. */

import { localError, type TickcastError } from './error.js';

/** A text, or a function that gives one, called for each attempt to connect; it may take its time. Undefined: none. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);

/** As an HTTP header can carry it. */
const FORM = /^[\x21-\x7e]+$/;

/** What is wrong with the option, if anything. */
export function tokenProblem(token: unknown): string | undefined {
  if (token === undefined || typeof token === 'function' || isToken(token)) return undefined;
  return `token must be a text of ASCII characters without spaces, or a function that gives one, got ${typeof token === 'string' ? 'another text' : typeof token}`;
}

/** Asks a function for the token. Rejects with a {@link TickcastError} that does not quote what it threw. */
export async function askToken(source: Exclude<TokenSource, string>): Promise<string | undefined> {
  let token: unknown;
  try {
    token = await source();
  } catch (cause) {
    throw noToken(`the token function failed (${cause instanceof Error ? cause.name : typeof cause})`);
  }
  if (token === undefined || isToken(token)) return token;
  throw noToken('the token function gave no text of ASCII characters without spaces');
}

function isToken(token: unknown): token is string {
  return typeof token === 'string' && FORM.test(token);
}

function noToken(message: string): TickcastError {
  return localError('UNAUTHENTICATED', message);
}

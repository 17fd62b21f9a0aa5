/** The client's token: a fixed text or a function. Never appears in a message. */

import { localError, type TickcastError } from './error.js';

/** A text, or a function called for each attempt to connect, possibly asynchronous. Undefined: no token. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);

/** Characters that an HTTP header can carry. */
const FORM = /^[\x21-\x7e]+$/;

/** What is wrong with the option; undefined when it is valid. */
export function tokenProblem(token: unknown): string | undefined {
  if (token === undefined || typeof token === 'function' || isToken(token)) return undefined;
  return `token must be a text of ASCII characters without spaces, or a function that gives one, got ${typeof token === 'string' ? 'another text' : typeof token}`;
}

/**
 * Calls a function for the token. Rejects with a {@link TickcastError} (UNAUTHENTICATED) that does not quote what the
 * function threw.
 */
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

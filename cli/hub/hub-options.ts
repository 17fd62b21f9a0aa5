/** The options of every program that asks a running hub: its address, model and token. */

import { type Option, optional, read, text } from '../../command-line/option.js';
import { isModelReference } from '../../shared/parse.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';
const MODEL_FORM = 'a name or name@version, such as sentiment or sentiment@2';
const TOKEN_VARIABLE = 'TICKCAST_TOKEN';

export const HUB_OPTIONS = {
  /** The hub's address, without a slash at the end. */
  url: read('URL', `an address such as ${DEFAULT_URL}`, addressOf, DEFAULT_URL, 'The hub.'),
  model: optional(read('NAME', MODEL_FORM, modelOf, '', 'Name or name@version.'), 'the hub’s default model'),
};

/** @param scopes those that the program needs, for people. */
export function tokenOption(scopes: string): Option<string | undefined> {
  return optional(
    text('TOKEN', '', `Where the hub asks for one, with the scopes ${scopes}; better by ${TOKEN_VARIABLE}.`),
  );
}

export function tokenVariable(name: string): string | undefined {
  return name === 'token' ? TOKEN_VARIABLE : undefined;
}

/** Never quotes it. */
export function tokenProblem(token: string | undefined): string | undefined {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return undefined;
  return `--token, or ${TOKEN_VARIABLE}, is no token: expected ASCII characters without spaces`;
}

/** Accepts `localhost:3000`, and the path of a hub behind a proxy; no query, which would be dropped silently. */
function addressOf(text: string): string | undefined {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`);
    const bare = url.search === '' && url.hash === '' && url.username === '';
    return bare && /^https?:$/.test(url.protocol) ? url.origin + url.pathname.replace(/\/+$/, '') : undefined;
  } catch {
    return undefined;
  }
}

function modelOf(given: string): string | undefined {
  return isModelReference(given) ? given : undefined;
}

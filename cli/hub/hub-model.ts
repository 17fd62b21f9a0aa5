/** The model of a hub that a program asks, and why a hub cannot be asked. */

import { type Hello, isTickcastError, type ModelDescription } from '../../client/index.js';
import { whyNoHub } from './why-no-hub.js';

/** `name@version` of all, for people. */
export function shownModels({ models }: Pick<Hello, 'models'>): string {
  return models.map(({ name, version }) => `${name}@${version}`).join(', ') || 'none';
}

/** The model that answers, or why there is none. A name alone means its highest version, as it does for the hub. */
export function modelOf(
  hello: Pick<Hello, 'models' | 'defaultModel'>,
  wanted: string | undefined,
): ModelDescription | string {
  const reference = wanted ?? hello.defaultModel;
  const names = shownModels(hello);
  if (reference === undefined) return `the hub has no default model: choose one with --model; it has ${names}`;
  const found = hello.models.findLast(({ name, version }) => reference === name || reference === `${name}@${version}`);
  return found ?? `the hub has no model ${reference}; it has ${names}`;
}

/** Why waiting for a hello ended without one, in one line with what to do. */
export async function whyNotReady(cause: unknown, url: string, signal: AbortSignal): Promise<string> {
  if (signal.aborted) return 'ended before a hub was found';
  if (isTickcastError(cause) && cause.code === 'UNAUTHENTICATED')
    return `${cause.message}; give it by TICKCAST_TOKEN or --token`;
  if (isTickcastError(cause) && !cause.retryable) return cause.message;
  return whyNoHub(url);
}

/** Derives a stream name from any other name, such as a topic's or a file's. */

import { STREAM_NAME } from '../shared/limits.js';

const MAX_LENGTH = 64;

/**
 * The name itself if valid, otherwise adapted: accents dropped, disallowed characters as `-`. `fallback` when nothing
 * is left.
 */
export function streamNameOf(name: string, fallback: string): string {
  if (STREAM_NAME.test(name)) return name;
  const fit = name
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^A-Za-z0-9._/-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, MAX_LENGTH)
    .replace(/-+$/, '');
  return STREAM_NAME.test(fit) ? fit : fallback;
}

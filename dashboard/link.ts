/** The page's link: its stream and range, so that it can be kept and shared. */

import { STREAM_NAME } from '../shared/limits.js';
import { isRange, type RangeName } from './data/view.js';

/** The link's content, without invalid parts. */
export function readLink(): { readonly stream: string | undefined; readonly range: RangeName | undefined } {
  const link = new URLSearchParams(location.search);
  const stream = link.get('stream');
  const range = link.get('range');
  return {
    stream: stream !== null && STREAM_NAME.test(stream) ? stream : undefined,
    range: isRange(range) ? range : undefined,
  };
}

export function keepLink(stream: string | undefined, range: RangeName): void {
  const url = new URL(location.href);
  if (stream !== undefined) url.searchParams.set('stream', stream);
  url.searchParams.set('range', range);
  history.replaceState(null, '', url);
}

/** Stream events, for the log. */

/** A stream was opened, expired or was erased, or the subscription of a slow viewer ended. */
export type StreamEvent =
  | { readonly type: 'stream-opened' | 'stream-expired' | 'stream-erased'; readonly stream: string }
  | { readonly type: 'viewer-cut'; readonly stream: string; readonly message: string };

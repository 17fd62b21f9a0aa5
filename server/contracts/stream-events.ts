/** Stream events, for the log. */

export type StreamEvent =
  | { readonly type: 'stream-opened' | 'stream-expired'; readonly stream: string }
  | { readonly type: 'viewer-cut'; readonly stream: string; readonly message: string };

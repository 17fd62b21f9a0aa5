/** What happens to engine threads, for logs and metrics. The engine does not log. */

export type EngineEvent =
  | { readonly type: 'thread-started'; readonly thread: number }
  /** All models are loaded, and batches are taken. `ms` since the thread was started or the load was asked for. */
  | { readonly type: 'thread-ready'; readonly thread: number; readonly ms: number }
  /** A replacement follows: at once, or after `retryMs` when the thread did not get as far as being ready. */
  | { readonly type: 'thread-lost'; readonly thread: number; readonly reason: string; readonly retryMs: number }
  /** A replacement could not load a model that its predecessor had: batches for it fail on this thread. */
  | { readonly type: 'model-lost'; readonly thread: number; readonly ref: string; readonly problem: string };

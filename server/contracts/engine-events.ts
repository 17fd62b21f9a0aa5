/** Events of engine threads, for logs and metrics. The engine does not log. */

/** An event of an engine thread, discriminated by `type`. */
export type EngineEvent =
  | { readonly type: 'thread-started'; readonly thread: number }
  /** All models are loaded and batches are accepted. `ms` since the thread was started or the load was requested. */
  | { readonly type: 'thread-ready'; readonly thread: number; readonly ms: number }
  /** A replacement follows: immediately, or after `retryMs` when the thread never became ready. */
  | { readonly type: 'thread-lost'; readonly thread: number; readonly reason: string; readonly retryMs: number }
  /** The memory had passed its limit, and successors have taken the place of so many threads; no batch was lost. */
  | {
      readonly type: 'threads-recycled';
      readonly threads: number;
      readonly bytesBefore: number;
      readonly bytesAfter: number;
    }
  /** A replacement could not load one of its predecessor's models: batches for it fail on this thread. */
  | { readonly type: 'model-lost'; readonly thread: number; readonly ref: string; readonly problem: string };

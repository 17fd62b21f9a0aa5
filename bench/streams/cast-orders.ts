/** What the bench tells the server that casts, and hears from it. Types only. */

export type CastOrder =
  /** Cast so many more frames, as fast as it can. */
  | { readonly kind: 'credit'; readonly rounds: number }
  /** Cast so many a second from now on; 0 stops. */
  | { readonly kind: 'rate'; readonly perSecond: number }
  /** For the room: what it casts. */
  | { readonly kind: 'payload'; readonly payload: unknown }
  | { readonly kind: 'cpu' };

export type CastReport =
  | { readonly kind: 'listening'; readonly port: number }
  /** CPU of the process since its start, all threads, in microseconds. */
  | { readonly kind: 'cpu'; readonly us: number };

/** Messages between the bench and the casting server. Types only. */

export type CastOrder =
  /** Cast this many more frames, as fast as possible. */
  | { readonly kind: 'credit'; readonly rounds: number }
  /** Cast at this rate from now on; 0 stops. */
  | { readonly kind: 'rate'; readonly perSecond: number }
  /** For the room: what it casts. */
  | { readonly kind: 'payload'; readonly payload: unknown }
  | { readonly kind: 'cpu' };

export type CastReport =
  | { readonly kind: 'listening'; readonly port: number }
  /** CPU of the process since its start, all threads, in microseconds. */
  | { readonly kind: 'cpu'; readonly us: number };

/** What carries a connection, as far as its bounds need it: reading may be held, what is not sent yet is counted, and all of it can be ended. */

import type { Socket } from 'node:net';

export interface Valve {
  /** Nothing more is read or handed on. */
  hold(): void;
  release(): void;
  /** Bytes given to the system and not taken by the peer's. */
  readonly pendingBytes: number;
  /** Ends it at once, whatever waits. */
  destroy(): void;
}

/** What Node keeps beneath a TCP socket. */
interface Handle {
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

/**
 * Bytes written to a socket that the kernel has not taken. `writableLength` counts a write as a whole until its last byte is taken; the
 * handle beneath tells how far it is, so that one large answer is seen to make progress. Where there is no such handle, the whole counts.
 */
export function pendingOf(socket: Socket | undefined): number {
  const waiting = socket?.writableLength ?? 0;
  if (socket === undefined || waiting === 0) return 0;
  const { bytesWritten, writeQueueSize } = (socket as unknown as { readonly _handle?: Handle | null })._handle ?? {};
  if (bytesWritten === undefined || writeQueueSize === undefined) return waiting;
  return Math.max(0, socket.bytesWritten - bytesWritten + writeQueueSize);
}

/** A connection's transport as its bounds need it: reading can be held, unsent bytes are counted, and it can be cut. */

import type { Socket } from 'node:net';

export interface Valve {
  /** Nothing more is read or passed on. */
  hold(): void;
  release(): void;
  /** Bytes passed to the system and not taken by the peer. */
  readonly pendingBytes: number;
  /** Cuts it immediately. */
  destroy(): void;
}

/** What Node keeps beneath a TCP socket. */
interface Handle {
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

/**
 * Bytes written to a socket that the kernel has not taken. `writableLength` counts a write as a whole until its last
 * byte is taken; the handle beneath tells its progress, so that one large answer is seen to advance. Without such a
 * handle, the whole write counts.
 */
export function pendingOf(socket: Socket | undefined): number {
  const waiting = socket?.writableLength ?? 0;
  if (socket === undefined || waiting === 0) return 0;
  const { bytesWritten, writeQueueSize } = (socket as unknown as { readonly _handle?: Handle | null })._handle ?? {};
  if (bytesWritten === undefined || writeQueueSize === undefined) return waiting;
  return Math.max(0, socket.bytesWritten - bytesWritten + writeQueueSize);
}

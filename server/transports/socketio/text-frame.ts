/**
 * Encodes a Socket.IO event as one ready WebSocket frame. The usual path scans the payload for bytes, builds three
 * packets and writes header and body separately; answers are plain JSON and leave many times per millisecond, so they
 * are encoded once, into one buffer and one write.
 */

/** FIN, and the opcode of a text message. */
const TEXT = 0x81;

/** `2["name",payload]`: an event of the main namespace as Socket.IO writes it. */
export function eventText(name: string, payload: unknown): string {
  return jsonEventText(name, JSON.stringify(payload));
}

/** The same with a payload that is already JSON. */
export function jsonEventText(name: string, json: string): string {
  return `2["${name}",${json}]`;
}

/** The frame of an engine.io message (`4` and the text), unmasked as from a server (RFC 6455, section 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text) + 1;
  const headerBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerBytes + length);
  frame[0] = TEXT;
  if (headerBytes === 2) frame[1] = length;
  else if (headerBytes === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeUInt32BE(0, 2);
    frame.writeUInt32BE(length, 6);
  }
  frame[headerBytes] = 0x34;
  frame.write(text, headerBytes + 1);
  return frame;
}

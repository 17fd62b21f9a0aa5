/** What editors and shells of other systems put around JSON: byte order marks, other encodings. Pure. */

const MARK = 0xfeff;

/** The text without the byte order mark that some editors write first, which JSON does not know. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === MARK ? text.slice(1) : text;
}

/** Why a text that was read as UTF-8 is not JSON, if its encoding is the reason; else empty. */
export function encodingHint(text: string): string {
  return text.startsWith('\ufffd\ufffd') || text.slice(0, 4).includes('\0') ? ' (it is UTF-16; save it as UTF-8)' : '';
}

/** The letters by which byte-level vocabularies write bytes: a visible one for each. Pure. */

const ASCII_WORD = /^[!-~]*$/;
const utf8 = new TextEncoder();
const LETTERS = letters();

/** The bytes of a text in UTF-8, each as its letter. */
export function byteLevel(text: string): string {
  if (ASCII_WORD.test(text)) return text;
  let written = '';
  for (const byte of utf8.encode(text)) written += LETTERS[byte];
  return written;
}

/** Printable Latin-1 characters stand for themselves, the other bytes for those from U+0100 on. */
function letters(): readonly string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isItself = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
    return String.fromCharCode(isItself ? byte : next++);
  });
}

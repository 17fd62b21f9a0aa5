/** Problems are one line, whatever the names in a model hold. */

export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

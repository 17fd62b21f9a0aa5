/** Measures a text in terminal columns, and cuts it to fit. Knows no colours: measure before painting. */

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Columns of a text without control characters: emoji and East Asian wide characters take two, combining marks none.
 */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The text in exactly `columns` columns: cut with an ellipsis, or padded with spaces on one side. */
export function fitTo(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const cut = cutTo(text, columns);
  const space = ' '.repeat(Math.max(0, columns - textWidth(cut)));
  return align === 'left' ? cut + space : space + cut;
}

/** The text in at most `columns` columns. */
export function cutTo(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let cut = '';
  let left = columns - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= graphemeWidth(segment);
    if (left < 0) break;
    cut += segment;
  }
  return columns <= 0 ? '' : `${cut}…`;
}

function graphemeWidth(grapheme: string): number {
  if (/^[\p{Cc}\p{Cf}\p{Mn}\p{Me}]*$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\u{fe0f}/u.test(grapheme)) return 2;
  return /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u.test(
    grapheme,
  )
    ? 2
    : 1;
}

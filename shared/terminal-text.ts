/**
 * Makes untrusted text safe to print on one line of a terminal. Characters that move the cursor, change colours, end
 * the line, change the writing direction or are invisible are shown as `\u009b` and the like. Letters, marks and emoji
 * of any script are kept.
 */

/** Most text has only these characters and is returned unchanged. */
const PLAIN = /^[ -~]*$/;
const PLAIN_JSON = /^[ -~]*\n?$/;
/**
 * C0, DEL, C1, line and paragraph separators, lone surrogates, and format characters such as direction controls.
 * Joiners are excepted: emoji and several scripts need them.
 */
const HOSTILE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** In JSON text a C0 character can only occur between values; inside strings it is already escaped. */
const HOSTILE_IN_JSON = /(?![\u200c\u200d])[\u007f-\u009f\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text on one line, with line ends escaped. Add colours afterwards, never before. */
export function terminalText(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HOSTILE, escaped);
}

/** The same JSON value as text that is safe in a terminal; its final line end is kept. */
export function terminalJson(json: string): string {
  return PLAIN_JSON.test(json) ? json : json.replace(HOSTILE_IN_JSON, escaped);
}

function escaped(character: string): string {
  let text = '';
  // By UTF-16 unit, as JSON escapes are.
  for (let i = 0; i < character.length; i++) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return text;
}

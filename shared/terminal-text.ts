/**
 * Text that came from elsewhere, made fit for a line that a person reads in a terminal. Characters that move the cursor, change colours, end the
 * line, turn the direction of writing or hide are shown as `\u009b` and the like. Letters, marks and emoji of any script stay as they are.
 */

/** Most text has none but these, and is answered as it is. */
const PLAIN = /^[ -~]*$/;
const PLAIN_JSON = /^[ -~]*\n?$/;
/**
 * C0, DEL, C1, line and paragraph separators, lone surrogates, and format characters: controls of direction above all. The joiners are none of
 * them: emoji and several scripts are written with those.
 */
const HOSTILE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** In JSON text a C0 character can only stand between values; in its strings it is escaped already. */
const HOSTILE_IN_JSON = /(?![\u200c\u200d])[\u007f-\u009f\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text in one line, line ends escaped too. Colours are added after this, never before. */
export function terminalText(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HOSTILE, escaped);
}

/** The same JSON value in text that a terminal may be given; its final line end stays. */
export function terminalJson(json: string): string {
  return PLAIN_JSON.test(json) ? json : json.replace(HOSTILE_IN_JSON, escaped);
}

function escaped(character: string): string {
  let text = '';
  // By UTF-16 unit: so JSON has it.
  for (let i = 0; i < character.length; i++) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return text;
}

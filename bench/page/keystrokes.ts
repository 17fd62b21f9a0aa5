/** Types into the page's own text field, and measures from each key to its score. Knows the page's hooks. */

/** Keys, one after the other. */
const KEYS = 40;
/** Between a score and the next key, in milliseconds: a quick typist. */
const PAUSE_MS = 100;
/** A key without a score by then has none. */
const MOST_MS = 5_000;

/** Runs in the page under load; answers the milliseconds from each key to the drawing of its score. */
export const KEYSTROKES_SCRIPT = `(async () => {
  const field = document.querySelector('#try-text');
  const receipt = document.querySelector('[data-receipt]');
  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  const scored = () => new Promise((go) => {
    const observer = new MutationObserver(() => {
      observer.disconnect();
      requestAnimationFrame(() => go(true));
    });
    observer.observe(receipt, { childList: true, characterData: true, subtree: true });
    setTimeout(() => go(false), ${MOST_MS});
  });
  const took = [];
  for (let i = 0; i < ${KEYS}; i++) {
    const seen = scored();
    const from = performance.now();
    field.value += 'so good '[i % 8];
    field.dispatchEvent(new Event('input', { bubbles: true }));
    took.push((await seen) ? performance.now() - from : ${MOST_MS});
    await pause(${PAUSE_MS});
  }
  field.value = '';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return took;
})()`;

/** Colours and fonts of the style sheet, resolved for a canvas. Reads the DOM, writes nothing visible. */

const TOKENS = {
  background: '--bg',
  text: '--text',
  muted: '--text-3',
  line: '--line',
  positive: '--positive',
  neutral: '--neutral',
  negative: '--negative',
  health: '--health',
} as const;

export type TokenName = keyof typeof TOKENS;

export class Tokens {
  readonly #probe: HTMLElement;
  #colours: Partial<Record<TokenName, string>> = {};
  #rem = 16;
  /** Incremented on each change, for values derived from colours. */
  revision = 0;

  constructor(probe: HTMLElement) {
    this.#probe = probe;
    this.read();
  }

  /** Call when the theme or the contrast mode changed. */
  read(): void {
    for (const [name, token] of Object.entries(TOKENS)) {
      this.#probe.style.color = `var(${token})`;
      this.#colours[name as TokenName] = getComputedStyle(this.#probe).color;
    }
    this.#rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.revision += 1;
  }

  colour(name: TokenName): string {
    return this.#colours[name] ?? '#888';
  }

  /** The same colour, less opaque. */
  tint(name: TokenName, alpha: number): string {
    const [red = 128, green = 128, blue = 128] = (this.colour(name).match(/[\d.]+/g) ?? []).map(Number);
    return `rgba(${red},${green},${blue},${alpha})`;
  }

  /** Converts a size for a 16 px root font to CSS pixels. */
  px(size: number): number {
    return (size * this.#rem) / 16;
  }

  font(size: number): string {
    return `${this.px(size)}px "Inter Variable", system-ui, sans-serif`;
  }
}

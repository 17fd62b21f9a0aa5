/** Figures as a table for a terminal. Knows only columns. */

/** Words are left-aligned, figures right-aligned. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const isFigure = header.map((_, column) => rows.every((row) => /^[-\d]/.test(row[column] ?? '')));
  const text = lines.map((line) =>
    line
      .map((cell, column) => (isFigure[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  text.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return text.join('\n');
}

export function wholeText(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}

export function percentText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Microseconds as milliseconds; `-` when missing. */
export function msText(us: number): string {
  return Number.isNaN(us) ? '-' : (us / 1000).toFixed(us < 100_000 ? 2 : 0);
}

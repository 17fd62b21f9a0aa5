/**
 * Calibration as a picture: for each range of confidence, how often the answer is right. A well-calibrated model lies
 * on the diagonal.
 */

import type { Calibration } from './scores.js';

const SIZE = 320;
const MARGIN = 44;
const SPAN = SIZE - MARGIN - 12;

export function calibrationSvg({ bins, error }: Calibration, title: string): string {
  const x = (share: number) => (MARGIN + SPAN * share).toFixed(1);
  const y = (share: number) => (SIZE - MARGIN - SPAN * share).toFixed(1);
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const bars = bins.flatMap(({ count, accuracy }, i) => {
    if (count === 0) return [];
    const height = ((SPAN * count) / total).toFixed(1);
    const top = (SIZE - MARGIN - (SPAN * count) / total).toFixed(1);
    return `<rect x="${x(i / bins.length)}" y="${top}" width="${(SPAN / bins.length - 1).toFixed(1)}" height="${height}" fill="#cbd5e1"><title>${count} texts, ${(100 * accuracy).toFixed(0)} % right</title></rect>`;
  });
  const held = bins.filter(({ count }) => count > 0);
  const points = held.map(({ confidence, accuracy }) => `${x(confidence)},${y(accuracy)}`);
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    `<text x="${x(share)}" y="${SIZE - MARGIN + 16}" text-anchor="middle">${share}</text>`,
    `<text x="${MARGIN - 8}" y="${y(share)}" text-anchor="end" dominant-baseline="middle">${share}</text>`,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" font-family="sans-serif" font-size="11" fill="#1f2937">`,
    `<title>${escapeXml(title)}: calibration error ${(100 * error).toFixed(1)} %</title>`,
    `<rect width="${SIZE}" height="${SIZE}" fill="#fff"/>`,
    ...bars,
    `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="#94a3b8" stroke-dasharray="4 4"/>`,
    `<path d="M${x(0)} ${y(1)}V${y(0)}H${x(1)}" fill="none" stroke="#1f2937"/>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="#2563eb" stroke-width="2"/>`,
    ...points.map(
      (point) => `<circle cx="${point.split(',')[0]}" cy="${point.split(',')[1]}" r="3.5" fill="#2563eb"/>`,
    ),
    ...ticks,
    `<text x="${MARGIN + SPAN / 2}" y="${SIZE - 8}" text-anchor="middle">confidence</text>`,
    `<text transform="translate(12 ${SIZE - MARGIN - SPAN / 2}) rotate(-90)" text-anchor="middle">share that is right</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '');
}

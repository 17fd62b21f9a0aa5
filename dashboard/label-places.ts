/** Places labels beside a column so that none covers another. Knows no DOM. */

/** Tops of labels of one height, as close to `centres` (in order) as possible between 0 and `room`. */
export function placeLabels(centres: readonly number[], height: number, room: number): number[] {
  const tops = centres.map((centre) => centre - height / 2);
  let least = 0;
  for (const [index, top] of tops.entries()) {
    tops[index] = Math.max(top, least);
    least = (tops[index] ?? 0) + height;
  }
  let most = room - height;
  for (let index = tops.length - 1; index >= 0; index -= 1) {
    tops[index] = Math.min(tops[index] ?? 0, most);
    most = (tops[index] ?? 0) - height;
  }
  return tops;
}

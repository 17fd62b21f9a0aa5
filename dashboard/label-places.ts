/** Where labels beside a column stand so that none covers another. Knows no DOM. */

/** Tops of labels of one height, as near to `centres` (in order) as the room from 0 to `room` allows. */
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

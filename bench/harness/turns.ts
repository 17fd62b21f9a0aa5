/** Measures compared states in turn. Knows only turns. */

/** Every state once per round. The first state alternates too, so that any drift affects all of them. */
export async function inTurns<const State extends string, Figure>(
  states: readonly State[],
  rounds: number,
  measure: (state: State) => Promise<Figure>,
  said: (figures: Readonly<Record<State, Figure>>, round: number) => void = () => {},
): Promise<Readonly<Record<State, readonly Figure[]>>> {
  // Every state has its figures, empty without rounds.
  const all = Object.fromEntries(states.map((state) => [state, []])) as unknown as Record<State, Figure[]>;
  for (let round = 0; round < rounds; round++) {
    const own: Partial<Record<State, Figure>> = {};
    const first = round % states.length;
    for (const state of [...states.slice(first), ...states.slice(0, first)]) {
      const figure = await measure(state);
      own[state] = figure;
      all[state].push(figure);
    }
    // Each state had its turn.
    said(own as Record<State, Figure>, round);
  }
  return all;
}

/** Round by round. */
export function differences(more: readonly number[], less: readonly number[]): readonly number[] {
  return more.map((value, round) => value - (less[round] ?? Number.NaN));
}

/** Round by round. */
export function ratios(over: readonly number[], under: readonly number[]): readonly number[] {
  return over.map((value, round) => value / (under[round] ?? Number.NaN));
}

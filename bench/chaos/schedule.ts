/**
 * What is done to which hub, when: derived from a seed, so that the same seed makes the same run. Knows names and
 * seconds; runs nothing.
 */

import { Random } from '../../demo/text/random.js';
import type { AttackName } from './attacks/table.js';
import { FAULTS, type FaultName, type HubKind, hubKinds } from './faults.js';

export interface Round {
  readonly attacks: readonly AttackName[];
  readonly fault?: FaultName;
  readonly seconds: number;
  /** Seed of the attacks' random data. */
  readonly seed: number;
}

export interface Act {
  readonly hub: HubKind;
  /** Good clients alone, before and after. */
  readonly quietSeconds: number;
  readonly idleSeconds: number;
  readonly rounds: readonly Round[];
}

export interface ScheduleWish {
  readonly seed: number;
  readonly minutes: number;
  readonly attacks: readonly AttackName[];
  readonly faults: readonly FaultName[];
  /** Maximum simultaneous attacks. */
  readonly overlap: number;
}

/** A minute of the good clients alone at the end, at most a tenth of the run. */
const IDLE_SECONDS = 60;
const IDLE_SHARE = 0.1;
const QUIET_SECONDS = 15;
const QUIET_SHARE = 0.08;
/** Fraction of the run for each of the hubs with a single fault. */
const FAULT_SHARE = 0.03;
const SHORT_SECONDS = 2;
const [LEAST_SECONDS, MOST_SECONDS] = [1.5, 10];
/** A hub's start and end. */
const CHANGE_SECONDS = 4;

export function scheduleOf({ seed, minutes, attacks, faults, overlap }: ScheduleWish): readonly Act[] {
  const random = new Random(seed);
  const seconds = 60 * minutes;
  const faultSeconds = between(FAULT_SHARE * seconds, 2 * SHORT_SECONDS, MOST_SECONDS);
  const draw = drawer(attacks, random);
  const seedOf = (): number => Math.floor(random.next() * 2 ** 31);
  const acts = hubKinds.slice(1).flatMap((hub): Act[] => {
    const own = shuffled(
      faults.filter((name) => FAULTS[name].on === hub),
      random,
    );
    if (own.length === 0) return [];
    const rounds = own.map((fault) => ({
      attacks: FAULTS[fault].beside ?? draw(1),
      fault,
      seconds: FAULTS[fault].seconds ?? faultSeconds,
      seed: seedOf(),
    }));
    return [{ hub, quietSeconds: SHORT_SECONDS, idleSeconds: SHORT_SECONDS, rounds }];
  });
  const ofPlain = faults.filter((name) => FAULTS[name].on === 'plain');
  if (attacks.length + ofPlain.length === 0) return acts;

  const quietSeconds = Math.min(QUIET_SECONDS, QUIET_SHARE * seconds);
  const idleSeconds = Math.min(IDLE_SECONDS, IDLE_SHARE * seconds);
  const taken = acts.reduce((sum, act) => sum + lengthOf(act), quietSeconds + idleSeconds + CHANGE_SECONDS);
  const once = Math.max(1, Math.ceil((2 * attacks.length) / (overlap + 1)) + ofPlain.length);
  const roundSeconds = between((seconds - taken) / once, LEAST_SECONDS, MOST_SECONDS);
  const count = Math.max(once, Math.floor((seconds - taken) / roundSeconds));
  const faultAt = new Map(
    shuffled([...Array(count).keys()], random)
      .slice(0, ofPlain.length)
      .map((at, index) => [at, ofPlain[index]]),
  );
  const rounds = Array.from({ length: count }, (_, at): Round => {
    const fault = faultAt.get(at);
    const names = draw(1 + Math.floor(random.next() * overlap));
    return { attacks: names, ...(fault !== undefined && { fault }), seconds: roundSeconds, seed: seedOf() };
  });
  return [{ hub: 'plain', quietSeconds, idleSeconds, rounds: withAll(rounds, attacks, overlap) }, ...acts];
}

export function lengthOf({ quietSeconds, idleSeconds, rounds }: Act): number {
  return CHANGE_SECONDS + quietSeconds + idleSeconds + rounds.reduce((sum, round) => sum + round.seconds, 0);
}

/** In a short run, chance may omit some: adds what is missing where there is room. */
function withAll(rounds: readonly Round[], attacks: readonly AttackName[], overlap: number): readonly Round[] {
  const missing = new Set(attacks);
  for (const round of rounds) for (const name of round.attacks) missing.delete(name);
  const rest = [...missing];
  return rounds.map((round) => {
    const added = rest.splice(0, Math.max(0, overlap - round.attacks.length));
    return { ...round, attacks: [...round.attacks, ...added] };
  });
}

/** Draws names, each once before one repeats. */
function drawer(names: readonly AttackName[], random: Random): (count: number) => readonly AttackName[] {
  let pile: AttackName[] = [];
  return (count) => {
    const drawn = new Set<AttackName>();
    while (drawn.size < Math.min(count, names.length)) {
      if (pile.length === 0) pile = shuffled(names, random);
      const name = pile.pop();
      if (name !== undefined) drawn.add(name);
    }
    return [...drawn];
  };
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values
    .map((value) => ({ value, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

function between(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

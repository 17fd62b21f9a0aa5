/** Turns the suite's index file into one verdict. Knows its wording; runs nothing. */

/** Groups of cases: framing, pings, reserved bits, opcodes, fragments, UTF-8, closing, and miscellaneous. */
export const GROUPS = ['1.*', '2.*', '3.*', '4.*', '5.*', '6.*', '7.*', '10.*'] as const;
/** Number of cases in {@link GROUPS}: if fewer ran, the suite did not run properly. */
export const CASES = 247;

/** Passed strictly, passed within the RFC's freedom, or informational. */
const GOOD: readonly unknown[] = ['OK', 'NON-STRICT', 'INFORMATIONAL'];

export interface Verdict {
  readonly cases: number;
  /** Cases per behaviour. */
  readonly behaviours: Readonly<Record<string, number>>;
  /** `6.4.2: FAILED, close OK`. */
  readonly failures: readonly string[];
  readonly isMet: boolean;
}

/** @param index content of the suite's `index.json`, for one server. */
export function judgeIndex(index: unknown): Verdict {
  const cases = entriesOf(entriesOf(index)[0]?.[1]);
  const behaviours: Record<string, number> = {};
  const failures: string[] = [];
  for (const [name, report] of cases) {
    const { behavior, behaviorClose } = Object.fromEntries(entriesOf(report));
    behaviours[String(behavior)] = (behaviours[String(behavior)] ?? 0) + 1;
    if (!GOOD.includes(behavior) || !GOOD.includes(behaviorClose))
      failures.push(`${name}: ${behavior}, close ${behaviorClose}`);
  }
  return { cases: cases.length, behaviours, failures, isMet: failures.length === 0 && cases.length === CASES };
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/**
 * Knows the right answer to every request, and counts the results: exactly one of these, or a fault. Knows no
 * transport.
 */

export interface Account {
  readonly sent: number;
  readonly answered: number;
  /** By error code. */
  readonly refused: Readonly<Record<string, number>>;
  /** The connection ended before the answer, while the hub was down on purpose. */
  readonly cut: number;
  /** Never answered: no reply, or a connection that ended while the hub should have been up. */
  readonly lost: number;
  /** Answers after the first to one request. */
  readonly twice: number;
  /** Answers with another value, in the wrong order, or to no request. */
  readonly wrong: number;
}

export class Oracle {
  readonly #expected = new Map<number, number>();
  readonly #refused: Record<string, number> = {};
  #sent = 0;
  #answered = 0;
  #cut = 0;
  #lost = 0;
  #twice = 0;
  #wrong = 0;
  /** The first faults, in words. */
  readonly faults: string[] = [];

  get waiting(): number {
    return this.#expected.size;
  }

  /** Returns the number of a new request whose answer must be `expected`. */
  ask(expected: number): number {
    const number = this.#sent++;
    this.#expected.set(number, expected);
    return number;
  }

  answer(number: number, value: unknown): void {
    const expected = this.#take(number, `answer ${JSON.stringify(value)}`);
    if (expected === undefined) return;
    this.#answered += 1;
    if (value === expected) return;
    this.#wrong += 1;
    this.#note(`request ${number} was answered ${JSON.stringify(value)}, expected ${expected}`);
  }

  refuse(number: number, code: string): void {
    if (this.#take(number, code) === undefined) return;
    this.#refused[code] = (this.#refused[code] ?? 0) + 1;
  }

  /** The connection ended before the answer. `isExcused`: on purpose. */
  cut(number: number, isExcused: boolean): void {
    if (this.#take(number, 'a lost connection') === undefined) return;
    if (isExcused) this.#cut += 1;
    else {
      this.#lost += 1;
      this.#note(`request ${number}: its connection ended before the answer`);
    }
  }

  /** An answer that preceded that of an earlier request of the same order. */
  outOfOrder(number: number): void {
    this.#wrong += 1;
    this.#note(`request ${number} was answered before an earlier one`);
  }

  /** Nothing more will arrive: what is open is lost. */
  close(): Account {
    for (const number of [...this.#expected.keys()]) {
      this.#expected.delete(number);
      this.#lost += 1;
      this.#note(`request ${number} was never answered`);
    }
    return {
      sent: this.#sent,
      answered: this.#answered,
      refused: { ...this.#refused },
      cut: this.#cut,
      lost: this.#lost,
      twice: this.#twice,
      wrong: this.#wrong,
    };
  }

  #take(number: number, what: string): number | undefined {
    const expected = this.#expected.get(number);
    if (expected !== undefined) {
      this.#expected.delete(number);
      return expected;
    }
    if (Number.isInteger(number) && number >= 0 && number < this.#sent) {
      this.#twice += 1;
      this.#note(`request ${number} was settled before it got ${what}`);
    } else {
      this.#wrong += 1;
      this.#note(`${what} to request ${number}, which was never sent`);
    }
    return undefined;
  }

  #note(fault: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(fault);
  }
}

const MOST_FAULTS = 10;

/** The sum of several accounts. */
export function sumOf(accounts: readonly Account[]): Account {
  const total = (name: Exclude<keyof Account, 'refused'>): number =>
    accounts.reduce((sum, account) => sum + account[name], 0);
  const refused: Record<string, number> = {};
  for (const [code, count] of accounts.flatMap((account) => Object.entries(account.refused)))
    refused[code] = (refused[code] ?? 0) + count;
  return {
    sent: total('sent'),
    answered: total('answered'),
    refused,
    cut: total('cut'),
    lost: total('lost'),
    twice: total('twice'),
    wrong: total('wrong'),
  };
}

export function refusals({ refused }: Account): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

/** What makes a run fail, in words. */
export function faultsOf(account: Account): readonly string[] {
  const { sent, answered, cut, lost, twice, wrong } = account;
  const faults = Object.entries({ lost, twice, wrong }).flatMap(([name, count]) =>
    count > 0 ? [`${count} ${name}`] : [],
  );
  const settled = answered + refusals(account) + cut + lost;
  if (settled !== sent) faults.push(`${sent} sent and ${settled} settled`);
  return faults;
}

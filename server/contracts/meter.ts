/** Counts what one key sends and is sent, in bytes. */
export interface Meter {
  received: number;
  sent: number;
}

/** The meter of a key. */
export type MeterOf = (key: string) => Meter;

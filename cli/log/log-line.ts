/** Parses a line of the prediction log, as far as a reader needs it, whatever its text. */

export interface LogLine {
  /** As in the file. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `name@version` */
  readonly model: string;
  readonly label: string | undefined;
  readonly score: number | undefined;
  readonly stream: string | undefined;
  readonly client: string | undefined;
  /** Its hash. */
  readonly subject: string | undefined;
  readonly input: unknown;
  readonly prediction: unknown;
  readonly totalUs: number | undefined;
}

/** Undefined for an invalid line: one truncated by a full disk, or another program's output. */
export function parseLogLine(text: string): LogLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { time, model, label, score, stream, client, subject, input, prediction, timing }: Record<string, unknown> = {
    ...value,
  };
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(at) || typeof model !== 'string') return undefined;
  const totalUs: unknown = typeof timing === 'object' && timing !== null && 'totalUs' in timing && timing.totalUs;
  return {
    text,
    at,
    model,
    label: textOf(label),
    score: numberOf(score),
    stream: textOf(stream),
    client: textOf(client),
    subject: textOf(subject),
    input,
    prediction,
    totalUs: numberOf(totalUs),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

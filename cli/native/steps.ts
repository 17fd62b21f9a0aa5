/**
 * Reports the progress of a long script on the terminal: one line per step, a sign of life while it lasts, the seconds
 * it took.
 */

export interface Steps {
  run<T>(title: string, work: () => Promise<T>): Promise<T>;
  note(text: string): void;
}

const signOfLifeMs = 10_000;

export function createSteps(write: (line: string) => void, nowMs: () => number): Steps {
  const note = (text: string) => write(`    ${text}`);
  const run = async <T>(title: string, work: () => Promise<T>): Promise<T> => {
    const started = nowMs();
    const seconds = () => ((nowMs() - started) / 1000).toFixed(1);
    write(`- ${title}`);
    const timer = setInterval(() => note(`still at it, ${seconds()} s`), signOfLifeMs);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      note(`${seconds()} s`);
    }
  };
  return { run, note };
}

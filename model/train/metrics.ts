// How good a classifier is: confusion matrix, recall of each class, their mean, accuracy and standard errors.

export interface Scores {
  readonly count: number;
  readonly accuracy: number;
  readonly macroRecall: number;
  /** Standard error of `macroRecall`, from the binomial error of each recall. */
  readonly macroRecallError: number;
  readonly recalls: readonly number[];
  /** `confusion[actual][predicted]`, in texts. */
  readonly confusion: readonly (readonly number[])[];
}

export function score(actual: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): Scores {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let right = 0;
  for (let i = 0; i < actual.length; i++) {
    const row = confusion[actual[i] ?? -1];
    const column = predicted[i] ?? -1;
    if (row?.[column] === undefined) throw new RangeError(`text ${i}: a class is outside 0..${classes - 1}`);
    row[column]++;
    if (actual[i] === column) right++;
  }
  const totals = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const recalls = confusion.map((row, label) => (row[label] ?? 0) / Math.max(totals[label] ?? 0, 1));
  const variance = recalls.reduce(
    (sum, recall, label) => sum + (recall * (1 - recall)) / Math.max(totals[label] ?? 0, 1),
    0,
  );
  return {
    count: actual.length,
    accuracy: right / Math.max(actual.length, 1),
    macroRecall: recalls.reduce((sum, recall) => sum + recall, 0) / classes,
    macroRecallError: Math.sqrt(variance) / classes,
    recalls,
    confusion,
  };
}

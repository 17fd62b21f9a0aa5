/** The prediction that is cast, and the name of its stream. Constants only. */

export const STREAM = 'bench';
export const TEXT = 'The keynote dragged, but the new editor is an absolute joy to use, thank you';
export const PREDICTION = {
  prediction: [0.0712890625, 0.1198730468, 0.8088378906],
  model: 'bench@1',
  label: 'positive',
  score: 0.8088378906,
};

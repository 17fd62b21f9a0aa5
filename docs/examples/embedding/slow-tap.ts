import type { Tap } from 'tickcast';

/** Tells of predictions that took over 100 ms. */
export const slowTap: Tap = {
  name: 'slow',
  predicted({ model, origin }, { timing }) {
    if (timing !== undefined && timing.totalUs > 100_000) console.warn(model.ref, origin.via, timing);
  },
};

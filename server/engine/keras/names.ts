/** Names of the hub's own layers and activations, by which a rewritten topology asks for them. */

/** A layer that returns its input. */
export const PASS_THROUGH = 'PassThrough';

/** An image in another size, computed as TensorFlow does; the layer `Resizing` of TensorFlow.js aligns corners. */
export const RESIZED = 'ResizedImage';

/** The mean of a sequence without its masked places, which TensorFlow.js counts too. */
export const MASKED_MEAN = 'MaskedMean';

/** A pooling over all places that keeps their dimensions; `of` and `axes` say which. */
export const KEPT_POOLING = 'KeptPooling';

/** Keras 3's: `relu6(x + 3) / 6`, where Keras 2 has `clip(0.2 x + 0.5, 0, 1)`. */
export const HARD_SIGMOID = 'hardSigmoidOfSixths';

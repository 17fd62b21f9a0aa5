/**
 * The server "echo": returns the hub's answer bytes for the hub's request bytes without computing anything. It costs
 * what plain Socket.IO events cost, the minimum for any server of them.
 */

import { serveBare } from './bare-server.js';
import { expectedPredictions, INPUT_COUNT } from './mlp.js';
import { MODEL_REF } from './mlp-files.js';

// float32, as from an engine: JSON writes such numbers longer than doubles from a calculation.
const predictions = expectedPredictions().map((values) => values.map(Math.fround));

/** A receipt of the usual length. */
const timing = { queueUs: 1234, batchUs: 2345, inferUs: 1456, totalUs: 5035, batchRows: 128, engine: 'tfjs-native' };

serveBare((socket) => {
  let n = 0;
  socket.on('predict', ({ id }: { readonly id: number }) => {
    socket.emit('prediction', { id, n: n++, prediction: predictions[id % INPUT_COUNT], model: MODEL_REF, timing });
  });
});

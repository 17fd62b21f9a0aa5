/**
 * The server "echo": gives the hub's answer bytes to the hub's request bytes without computing anything. What it costs is the price of
 * plain Socket.IO events, which no server of them can undercut.
 */

import { serveBare } from './bare-server.js';
import { expectedPredictions, INPUT_COUNT } from './mlp.js';
import { MODEL_REF } from './mlp-files.js';

// float32, as an engine answers: JSON writes such numbers longer than those of a calculation in doubles.
const predictions = expectedPredictions().map((values) => values.map(Math.fround));

/** A receipt of the usual length. */
const timing = { queueUs: 1234, batchUs: 2345, inferUs: 1456, totalUs: 5035, batchRows: 128, engine: 'tfjs-native' };

serveBare((socket) => {
  let n = 0;
  socket.on('predict', ({ id }: { readonly id: number }) => {
    socket.emit('prediction', { id, n: n++, prediction: predictions[id % INPUT_COUNT], model: MODEL_REF, timing });
  });
});

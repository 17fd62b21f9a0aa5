import { connect, isTickcastError } from '@tickcast/client';

const client = connect(process.argv[2] ?? 'http://localhost:3000');
const subscription = client.subscribe('live');
subscription.on('gap', ({ missed }) => console.error(`missed ${missed ?? 'an unknown number of'} items`));

try {
  for await (const { offset, label, text } of subscription) console.log(offset, label, text);
} catch (error) {
  // Such as SLOW_VIEWER: client.subscribe('live', { position: subscription.position }) goes on.
  console.error(isTickcastError(error) ? error.code : error, subscription.position);
} finally {
  client.close();
}

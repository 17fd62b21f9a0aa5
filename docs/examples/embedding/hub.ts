import { App, configWith, createLogger } from 'tickcast';

const started = await App.start(configWith({ port: 3000, model: './model' }), createLogger('info', 'json'));
if (!started.ok) throw new Error(started.problem);
const { app } = started;
const { prediction, label } = await app.hub.predict({ input: 'not bad at all' });
console.log(prediction, label);
await app.drain();

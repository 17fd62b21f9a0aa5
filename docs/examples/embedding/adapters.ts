import { App, configWith, createLogger } from 'tickcast';
import { rowsDoor } from './rows-door.js';
import { slowTap } from './slow-tap.js';

const started = await App.start(configWith({ model: './models' }), createLogger('info', 'json'), {
  taps: [slowTap],
  doors: [rowsDoor()],
  runtimeModules: [new URL('./scale-runtime.js', import.meta.url).href],
});
if (!started.ok) throw new Error(started.problem);

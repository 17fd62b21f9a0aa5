import { createServer } from 'node:http';
import { App, configWith, createLogger } from 'tickcast';

const server = createServer((_request, response) => response.end('the page of the program'));
server.listen(8080, '127.0.0.1');
const started = await App.start(configWith({ model: './model' }), createLogger('info', 'json'), { server });
if (!started.ok) throw new Error(started.problem);

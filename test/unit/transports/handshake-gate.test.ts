import { EventEmitter } from 'node:events';
import { type IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { HandshakeGate } from '../../../server/transports/handshake/handshake-gate.js';
import { type WireError, wireError } from '../../../shared/errors.js';

const OPEN = 'an-open-connection';

/** Asks the gate: `in`, or the status and headers of its answer. */
function ask(gate: HandshakeGate, query: string, isUpgrade = false, sent: IncomingHttpHeaders = {}, version = 'EIO=4') {
  const socket = new Socket();
  let raw = '';
  socket.end = ((text: string) => {
    raw += text;
    return socket;
  }) as typeof socket.end;
  const request = new IncomingMessage(socket);
  request.url = `/socket.io/?${version}${query}`;
  Object.assign(request.headers, sent);
  const response = new ServerResponse(request);
  let headers: Record<string, string> = {};
  response.writeHead = ((status: number, given?: Record<string, string>) => {
    response.statusCode = status;
    headers = given ?? headers;
    return response;
  }) as typeof response.writeHead;
  let passed = false;
  gate.middleware(request, isUpgrade ? new EventEmitter() : response, () => {
    passed = true;
  });
  if (passed) return 'in';
  if (isUpgrade) return raw;
  return { status: response.statusCode, retryAfter: headers['retry-after'] };
}

function makeGate(refused: string[] = [], overLimit: () => WireError | undefined = () => undefined): HandshakeGate {
  return new HandshakeGate({
    refuse: ({ headers }) => (headers.origin === undefined ? undefined : wireError('FORBIDDEN', 'a foreign page')),
    isOpen: (sid) => sid === OPEN,
    overLimit,
    inTurn: (make) => {
      make();
      return true;
    },
    onMisdirected: (_request, kind) => refused.push(kind),
    onRefused: (_request, { code }) => refused.push(code),
  });
}

test.each([false, true])('lets handshakes and its own connections in; upgrade: %s', (isUpgrade) => {
  const gate = makeGate();

  expect(ask(gate, '&transport=x', isUpgrade)).toBe('in');
  expect(ask(gate, `&transport=x&sid=${OPEN}`, isUpgrade)).toBe('in');
});

test.each([false, true])(
  'answers 404 to a connection of another hub, so that a proxy looks for that one; draining: %s',
  (isDraining) => {
    const refused: string[] = [];
    const gate = makeGate(refused);
    if (isDraining) gate.shut();

    expect(ask(gate, '&transport=polling&sid=other')).toEqual({ status: 404, retryAfter: undefined });
    expect(ask(gate, '&transport=websocket&sid=other', true)).toMatch(/^HTTP\/1.1 404 Not Found\r\n/);
    expect(refused).toEqual(['connection', 'connection']);
  },
);

test.each(['EIO=3', 'EIO=2', 'EIO=x', ''])(
  'a client with %j in its query is told which protocol the hub speaks',
  (query) => {
    const refused: string[] = [];
    const gate = makeGate(refused);

    expect(ask(gate, '&transport=polling', false, {}, query)).toEqual({ status: 400, retryAfter: undefined });
    expect(ask(gate, '&transport=websocket', true, {}, query)).toMatch(
      /speaks [^"]*, and the hub 4: use a client of Socket.IO 3 or 4/,
    );
    expect(refused).toEqual(['protocol', 'protocol']);
  },
);

test('while the hub drains, answers 503 with Retry-After to handshakes, and lets its own connections in', () => {
  const refused: string[] = [];
  const gate = makeGate(refused);
  gate.shut();

  for (const query of ['&transport=polling', '&transport=polling&sid=']) {
    expect(ask(gate, query)).toEqual({ status: 503, retryAfter: '1' });
  }
  const [head, body] = String(ask(gate, '&transport=websocket', true)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n/);
  expect(head?.split('\r\n')).toEqual(expect.arrayContaining(['retry-after: 1', 'connection: close']));
  expect(JSON.parse(body ?? '')).toMatchObject({ error: { code: 'DRAINING', retryAfterMs: 1000 } });
  expect(ask(gate, `&transport=polling&sid=${OPEN}`)).toBe('in');
  expect(refused).toEqual(['DRAINING', 'DRAINING', 'DRAINING']);
});

test('answers 429 with Retry-After to a caller that may not have one more, and asks about new connections only', () => {
  const refused: string[] = [];
  let asked = 0;
  const gate = makeGate(refused, () => {
    asked += 1;
    return wireError('RATE_LIMITED', 'too many', 1500);
  });

  expect(ask(gate, '&transport=polling')).toEqual({ status: 429, retryAfter: '2' });
  expect(ask(gate, '&transport=websocket', true)).toMatch(/^HTTP\/1.1 429 Too Many Requests\r\n.*retry-after: 2\r\n/s);
  expect(ask(gate, `&transport=polling&sid=${OPEN}`)).toBe('in');
  expect(ask(gate, '&transport=polling&sid=other')).toMatchObject({ status: 404 });
  expect(refused).toEqual(['RATE_LIMITED', 'RATE_LIMITED', 'connection']);
  expect(asked).toBe(2);
});

test.each([false, true])(
  'a page that may not use the hub is refused at every request, also of a connection that is open',
  (isUpgrade) => {
    const refused: string[] = [];
    const gate = makeGate(refused);

    for (const query of ['&transport=polling', `&transport=polling&sid=${OPEN}`]) {
      const answer = ask(gate, query, isUpgrade, { origin: 'https://evil.example' });
      if (isUpgrade) expect(answer).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
      else expect(answer).toMatchObject({ status: 403 });
    }
    expect(refused).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  },
);

test('polling by script is no road, whoever asks, and wherever the letter stands', () => {
  const gate = makeGate();

  for (const query of ['&transport=polling&j=0', `&j=&transport=polling&sid=${OPEN}`, '&transport=polling&j'])
    expect(ask(gate, query)).toMatchObject({ status: 403 });
});

test('of an id that comes twice the last counts, as for engine.io', () => {
  expect(ask(makeGate(), `&transport=polling&sid=${OPEN}&sid=other`)).toMatchObject({ status: 404 });
  expect(ask(makeGate(), `&transport=polling&sid=other&sid=${OPEN}`)).toBe('in');
});

import { expect, test } from 'vitest';
import type { Answer } from '../../../server/core/requests/answer.js';
import type { SessionSink, Ticket } from '../../../server/transports/socketio/session.js';
import { Sessions } from '../../../server/transports/socketio/sessions.js';
import type { WireError } from '../../../shared/errors.js';
import { wireError } from '../../../shared/errors.js';
import { makeHub } from '../../support/core.js';

class Sink implements SessionSink {
  superseded = 0;

  deliver(): void {
    throw new Error('who answers delivers, not the session');
  }

  supersede(): void {
    this.superseded += 1;
  }
}

const NAME = 'a-secret-of-16-chars';
const error: WireError = wireError('OVERLOADED', 'm');
const answer: Answer = { ok: false, error };

function ticket(id: string, n: number): Ticket {
  return { id, n, ack: undefined };
}

function makeSessions(maxLostSessions = 10) {
  const t = makeHub();
  return { ...t, t, sessions: new Sessions(t.hub, t.clock, { resumeMs: 100, maxLostSessions }) };
}

test('a request that was sent again on a new connection is answered there, under its new number', () => {
  const { sessions } = makeSessions();
  const { session } = sessions.open(NAME);
  const [first, second] = [new Sink(), new Sink()];
  session.attach(first);
  const asked = ticket('a', 5);
  session.accept(asked);
  sessions.release(session, first);
  const back = sessions.open(NAME);
  expect(back).toEqual({ session, resumed: true });
  session.attach(second);

  expect(session.recall(ticket('a', 0))).toBe('attached');

  expect(session.answer(asked, answer)).toBe(second);
  expect(asked.n).toBe(0);
});

test('an answer that found no connection is kept until its id is sent again', () => {
  const { sessions } = makeSessions();
  const { session } = sessions.open(NAME);
  const [first, second] = [new Sink(), new Sink()];
  session.attach(first);
  const asked = ticket('a', 5);
  session.accept(asked);
  sessions.release(session, first);
  expect(session.answer(asked, answer)).toBeUndefined();
  sessions.open(NAME);
  session.attach(second);

  expect(session.recall(ticket('a', 0))).toBe(answer);
  expect(session.recall(ticket('a', 1))).toBe('new');
});

test('an id used twice on a live connection is a duplicate', () => {
  const { sessions } = makeSessions();
  const { session } = sessions.open(NAME);
  session.attach(new Sink());
  session.accept(ticket('a', 0));

  expect(session.recall(ticket('a', 1))).toBe('duplicate');
});

test('a newer connection of the same session takes it over', () => {
  const { sessions } = makeSessions();
  const { session } = sessions.open(NAME);
  const [first, second] = [new Sink(), new Sink()];
  session.attach(first);
  session.accept(ticket('a', 0));
  sessions.open(NAME);
  session.attach(second);

  expect(first.superseded).toBe(1);
  sessions.release(session, first);
  expect(session.attached).toBe(true);
  expect(session.recall(ticket('a', 0))).toBe('attached');
});

test('a lost session ends after resumeMs, and what it had queued is cancelled', () => {
  const { sessions, t } = makeSessions();
  const { session } = sessions.open(NAME);
  const sink = new Sink();
  session.attach(sink);
  const sent = t.send([1], { origin: session.origin, id: 'a' });
  sessions.release(session, sink);
  t.clock.advance(99);
  expect(sent.settlements).toBe(0);

  t.clock.advance(1);

  expect(sent.error?.code).toBe('CANCELLED');
  expect(sessions.open(NAME).resumed).toBe(false);
});

test('the session of a plain socket ends with it', () => {
  const { sessions, t } = makeSessions();
  const { session } = sessions.open(undefined);
  const sink = new Sink();
  session.attach(sink);
  const sent = t.send([1], { origin: session.origin });

  sessions.release(session, sink);

  expect(sent.error?.code).toBe('CANCELLED');
});

test('names that are too short or of odd characters are not taken', () => {
  const { sessions } = makeSessions();
  for (const name of ['short', 'x'.repeat(65), 'with spaces in it too', 7, {}, null]) {
    expect(sessions.open(name).session.id).not.toBe(name);
  }
});

test('who loses one session after the other costs nobody else theirs', () => {
  const { sessions } = makeSessions(10);
  const lose = (name: string, principal: string): void => {
    const { session } = sessions.open(name, { principal });
    const sink = new Sink();
    session.attach(sink);
    sessions.release(session, sink);
  };
  lose('one-session-of-a-quiet-client', 'quiet');
  for (let i = 0; i < 50; i++) lose(`session-number-${i}-of-a-flood`, 'flood');

  expect(sessions.open('one-session-of-a-quiet-client', { principal: 'quiet' }).resumed).toBe(true);
  expect(sessions.open('session-number-49-of-a-flood', { principal: 'flood' }).resumed).toBe(true);
  expect(sessions.open('session-number-30-of-a-flood', { principal: 'flood' }).resumed).toBe(false);
});

test('lost sessions are bounded: the oldest ends first', () => {
  const { sessions, t } = makeSessions(2);
  const sents = ['one', 'two', 'three'].map((name) => {
    const { session } = sessions.open(`${name}-of-many-sessions`, { principal: 'one principal' });
    const sink = new Sink();
    session.attach(sink);
    const sent = t.send([1], { origin: session.origin });
    sessions.release(session, sink);
    return sent;
  });

  expect(sents.map((sent) => sent.settlements)).toEqual([1, 0, 0]);
  sessions.close();
  expect(sents.map((sent) => sent.settlements)).toEqual([1, 1, 1]);
});

test('a session is found again by its own key only, whoever else knows its name', () => {
  const { sessions } = makeSessions();
  const mine = sessions.open(NAME, { principal: 'token a', key: 'a' });
  const others = sessions.open(NAME, { principal: 'token b', key: 'b' });
  const nobodys = sessions.open(NAME, { principal: 'address 192.0.2.1' });

  expect([others.resumed, nobodys.resumed]).toEqual([false, false]);
  expect(others.session.id).not.toBe(NAME);
  expect(sessions.open(NAME, { principal: 'token a', key: 'a' })).toEqual({ session: mine.session, resumed: true });
});

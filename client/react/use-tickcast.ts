/** The client of a component: made when it is mounted, closed when it is not. */

import { useEffect, useRef, useState } from 'react';
import type { TickcastClient } from '../client.js';
import { connect } from '../connect.js';
import type { ConnectionState } from '../connection/connection.js';
import type { AnyModels, ModelMap } from '../models.js';
import type { ClientOptions } from '../options.js';
import { useKept } from './use-kept.js';

/** A client and the state of its connection. */
export interface Tickcast<Models extends ModelMap<Models> = AnyModels> {
  /** Undefined on a server and in the first render, since a client is made when the component is mounted. */
  readonly client: TickcastClient<Models> | undefined;
  readonly state: ConnectionState;
  /** While there is no connection: why, for people. */
  readonly problem: string | undefined;
}

/**
 * A client of the hub at `url`, for the life of the component; another one when the address or the options change.
 * Call it once, near the root, and hand the client down. With `url` undefined there is none. Of a token function, the
 * latest is called. `make` replaces `connect` in tests: `(_url, options) => hub.connect(options)`; the first one given
 * is used.
 */
export function useTickcast<Models extends ModelMap<Models> = AnyModels>(
  url: string | undefined,
  options: ClientOptions = NO_OPTIONS,
  make: (url: string, options: ClientOptions) => TickcastClient<Models> = connect,
): Tickcast<Models> {
  const kept = useKept(options);
  const [maker] = useState(() => make);
  const token = useRef(options.token);
  useEffect(() => {
    token.current = options.token;
  });
  const [tickcast, setTickcast] = useState<Tickcast<Models>>(ABSENT);
  useEffect(() => {
    if (url === undefined) return;
    const latest = async (): Promise<string | undefined> =>
      typeof token.current === 'function' ? token.current() : token.current;
    const client = maker(url, typeof kept.token === 'function' ? { ...kept, token: latest } : kept);
    const show = (problem?: string): void => setTickcast({ client, state: client.state, problem });
    const offs = [
      client.on('state', ({ state, reason }) => show(state === 'connected' ? undefined : reason)),
      client.on('unreachable', ({ message }) => show(message)),
    ];
    show();
    return () => {
      for (const off of offs) off();
      client.close();
      setTickcast(ABSENT);
    };
  }, [url, kept, maker]);
  return tickcast;
}

const NO_OPTIONS: ClientOptions = {};
const ABSENT = { client: undefined, state: 'connecting', problem: undefined } as const;

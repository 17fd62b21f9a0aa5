/** The parts of the SDK that the page uses, under its own names. */

import type { Subscription, TickcastClient } from '@tickcast/client';

export type HubClient = Pick<
  TickcastClient,
  'hello' | 'on' | 'subscribe' | 'watch' | 'predict' | 'ping' | 'retryNow' | 'close'
>;
export type HubSubscription = Subscription<'aggregate'>;

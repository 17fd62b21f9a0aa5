/** What the page needs of the SDK, by its own names. */

import type { Subscription, TickcastClient } from '@tickcast/client';

export type HubClient = Pick<
  TickcastClient,
  'hello' | 'on' | 'subscribe' | 'watch' | 'predict' | 'ping' | 'retryNow' | 'close'
>;
export type HubSubscription = Subscription<'aggregate'>;

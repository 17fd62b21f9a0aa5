import { connect, type StreamItem, type SubscriptionState } from '@tickcast/client';
import { useEffect, useState } from 'react';

const client = connect('http://localhost:3000');

export function useStream(stream: string, keep = 20) {
  const [items, setItems] = useState<readonly StreamItem[]>([]);
  const [state, setState] = useState<SubscriptionState>('connecting');
  useEffect(() => {
    const subscription = client.subscribe(stream, { mode: 'sample' });
    subscription.on('value', (item) => setItems((shown) => [item, ...shown].slice(0, keep)));
    subscription.on('state', (change) => setState(change.state));
    return () => subscription.close();
  }, [stream, keep]);
  return { items, state };
}

export function Live() {
  const { items, state } = useStream('live');
  const lines = items.map(({ at, offset, label, text }) => <li key={`${at} ${offset}`}>{`${label}: ${text}`}</li>);
  return (
    <section aria-busy={state === 'connecting'}>
      <ul>{lines}</ul>
    </section>
  );
}

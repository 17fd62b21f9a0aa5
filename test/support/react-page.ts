/** A page of React on the SDK's hooks, for a browser: bundled by its test. Without JSX, which nothing else here needs. */

import { createElement, type FormEvent, type ReactElement, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { TickcastClient } from '../../client/index.js';
import { usePredict, useStream, useTickcast } from '../../client/react/index.js';

function Counts({ client, id }: { client: TickcastClient | undefined; id: string }): ReactElement {
  const { values, state, error } = useStream(client, 'launch-day', { mode: 'aggregate', history: 5, keep: 3 });
  return createElement('p', { id }, `${state} ${values.length} ${error?.code ?? ''}`);
}

function Form({ client }: { client: TickcastClient | undefined }): ReactElement {
  const [text, setText] = useState('');
  const { answer, error, isPending } = usePredict(client, text === '' ? undefined : [text], { timing: true });
  const onInput = (event: FormEvent<HTMLInputElement>): void => setText(event.currentTarget.value);
  return createElement(
    'div',
    null,
    createElement('input', { id: 'text', value: text, onInput, onChange: onInput }),
    createElement('output', { id: 'label' }, isPending ? 'pending' : String(answer?.label ?? error?.code ?? 'idle')),
  );
}

function App(): ReactElement {
  const { client, state, problem } = useTickcast(location.origin, { token: () => undefined, reconnectMaxMs: 500 });
  const [isOpen, setOpen] = useState(true);
  return createElement(
    'main',
    null,
    createElement('h1', { id: 'state' }, `${state} ${problem ?? ''}`),
    createElement('button', { id: 'toggle', type: 'button', onClick: () => setOpen(!isOpen) }, 'toggle'),
    createElement(Form, { client }),
    isOpen && createElement(Counts, { client, id: 'one' }),
    isOpen && createElement(Counts, { client, id: 'two' }),
  );
}

const place = document.createElement('div');
document.body.append(place);
const root = createRoot(place);
root.render(createElement(StrictMode, null, createElement(App)));
Object.assign(globalThis, { leave: () => root.unmount() });

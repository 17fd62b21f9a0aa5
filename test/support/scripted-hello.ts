/** The first word of a scripted hub: which version it speaks with a client, or that it speaks none of them. */

import { type WireError, wireError } from '../../shared/errors.js';
import { commonProtocol, mismatchText, type ProtocolRange, protocolsOf } from '../../shared/protocol/versions.js';
import type { Hello } from '../../shared/protocol.js';
import { LABELS } from './scripted-words.js';

/** Why a hub that speaks these versions refuses a handshake; undefined when it does not. */
export function versionsRefusal(speaks: ProtocolRange, auth: unknown): WireError | undefined {
  const theirs = protocolsOf(auth);
  if (theirs === undefined || commonProtocol(speaks, theirs) !== undefined) return undefined;
  return wireError('PROTOCOL_MISMATCH', mismatchText(speaks, theirs));
}

/** @param model `name@version`, of a text model. */
export function scriptedHello(speaks: ProtocolRange, auth: unknown, session: string, model: string): Hello {
  const [name = '', version = ''] = model.split('@');
  return {
    protocol: commonProtocol(speaks, protocolsOf(auth) ?? speaks) ?? speaks[1],
    protocols: speaks,
    session,
    limits: {
      maxFrameBytes: 1_048_576,
      maxJsonBytes: 65_536,
      maxRequestRows: 1024,
      maxInFlightRows: 1024,
      maxTextLength: 10_000,
    },
    models: [
      {
        name,
        version,
        inputs: [{ name: 'text', dtype: 'string', shape: [] }] as unknown as Hello['models'][number]['inputs'],
        outputs: [{ name: 'scores', dtype: 'float32', shape: [3] }],
        labels: LABELS,
      },
    ],
    defaultModel: model,
  };
}

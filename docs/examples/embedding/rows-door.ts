import { type HttpDoor, principalKey, sendError } from 'tickcast';
import { parsePredict, readPrediction, type WireError } from 'tickcast/protocol';

/** `POST /rows/<model>` with a JSON array of rows. */
export function rowsDoor(): HttpDoor {
  return {
    name: 'rows',
    connections: 0,
    async open({ hub, place: { app, addresses, requestLimit, grants } }) {
      app.post<{ Params: { model: string } }>('/rows/:model', { config: { scope: 'predict' } }, (request, reply) => {
        const address = addresses.of(request.raw);
        const principal = principalKey(grants.grantOf(request), address);
        const origin = hub.openOrigin(`rows ${address}`, { via: 'rows', principal });
        // Cancels what is unanswered when the caller leaves.
        reply.raw.once('close', () => hub.closeOrigin(origin));
        const refuse = (error: WireError): void => {
          hub.noteRefusal(error, origin);
          sendError(reply, error);
        };
        const excess = requestLimit.ofAddress(address);
        if (excess !== undefined) return refuse(excess);
        const asked = parsePredict({ input: request.body, model: request.params.model, timeoutMs: 1000 });
        if (!asked.ok) return refuse(asked.error);
        const verdict = hub.submit(asked.value, origin, (outcome) => {
          if (!outcome.ok) sendError(reply, outcome.error);
          else reply.send(readPrediction(outcome.model, outcome.output, outcome.batched, outcome.timing));
        });
        if (!verdict.accepted) sendError(reply, verdict.error);
      });
      return undefined;
    },
    async close() {},
  };
}

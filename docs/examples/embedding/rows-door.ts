import { Authorization, type HttpDoor, principalOf, sendError } from 'tickcast';
import { parsePredict, readPrediction, type WireError } from 'tickcast/protocol';

/** `POST /rows/<model>` with a JSON array of rows. */
export function rowsDoor(): HttpDoor {
  return {
    name: 'rows',
    connections: 0,
    async open({ hub, catalogue, place: { app, addresses, requestLimit, grants } }) {
      app.post<{ Params: { model: string } }>('/rows/:model', { config: { scope: 'predict' } }, (request, reply) => {
        const address = addresses.of(request.raw);
        const grant = grants.grantOf(request);
        // Whose credit, share and quota it uses.
        const origin = hub.openOrigin(`rows ${address}`, { via: 'rows', ...principalOf(grant, address) });
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
        // A grant may be limited to certain names.
        const authorization = new Authorization(grant, catalogue);
        const allowed = authorization.predict(asked.value);
        if (!allowed.ok) return refuse(allowed.error);
        const verdict = hub.submit(allowed.value, origin, (outcome) => {
          if (!outcome.ok) sendError(reply, outcome.error);
          else reply.send(readPrediction(outcome.model, outcome.output, outcome.batched, outcome.timing));
        });
        if (!verdict.accepted) sendError(reply, authorization.shown(verdict.error));
      });
      return undefined;
    },
    async close() {},
  };
}

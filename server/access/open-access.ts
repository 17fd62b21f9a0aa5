/** Access that allows everybody everything: for a hub on loopback, or one configured to be open. */

import { type Access, type Grant, rightsOf, SCOPES } from '../contracts/access.js';

const EVERYBODY: Grant = { name: '', rights: rightsOf(SCOPES) };

export const openAccess: Access = {
  decide: () => ({ ok: true, grant: EVERYBODY }),
  watch: () => () => {},
};

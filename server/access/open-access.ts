/** Everybody may do everything: a hub on loopback, or one that was told to be open. */

import { type Access, type Grant, rightsOf, SCOPES } from '../contracts/access.js';

const EVERYBODY: Grant = { name: '', rights: rightsOf(SCOPES) };

export const openAccess: Access = {
  admit: () => ({ ok: true, grant: EVERYBODY }),
  watch: () => () => {},
};

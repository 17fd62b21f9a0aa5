/** How an adapter may be called: the part of its package's name after the scope, so that an option or a manifest names no other package. */

export const ADAPTER_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Valid names of adapters: the part of the package name after the scope, so that an option or manifest cannot name any
 * other package.
 */

export const ADAPTER_NAME = /^[a-z][a-z0-9-]{0,39}$/;

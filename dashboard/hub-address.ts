/** The address of the hub that served this page: the page's folder, which a proxy may have put under a path. */

export const HUB_ADDRESS = new URL('.', location.href);

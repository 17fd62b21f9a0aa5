/**
 * SIGUSR1 would have Node open its inspector, and with it this process, to whoever reaches port 9229 of this machine. Ignored from the moment this is
 * imported, unless the process was started for the inspector.
 */

const INSPECT = /(^|\s)--inspect(-brk|-wait)?([=\s]|$)/;
const flags = [...process.execArgv, process.env.NODE_OPTIONS || ''].join(' ');
if (!INSPECT.test(flags)) process.on('SIGUSR1', () => {});

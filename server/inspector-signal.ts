/**
 * Ignores SIGUSR1, on which Node would open its inspector, and so this process, to anybody who reaches port 9229 of
 * this machine. Takes effect on import, unless the process was started for the inspector.
 */

const INSPECT = /(^|\s)--inspect(-brk|-wait)?([=\s]|$)/;
const flags = [...process.execArgv, process.env.NODE_OPTIONS || ''].join(' ');
if (!INSPECT.test(flags)) process.on('SIGUSR1', () => {});

/**
 * The configuration of deploy/nginx for one run: only its port, its hubs and its folder (instead of /tmp) are changed.
 */

export interface NginxFiles {
  readonly 'nginx.conf': string;
  readonly 'hubs.conf': string;
}

export interface NginxPlace {
  /** A writable folder for nginx, in place of /tmp. */
  readonly folder: string;
  readonly port: number;
  /** The hubs' ports on loopback. */
  readonly hubs: readonly number[];
}

/** Throws when something to be changed is missing: then it would not be the deployed configuration that runs. */
export function deployedNginx(files: NginxFiles, { folder, port, hubs }: NginxPlace): NginxFiles {
  const conf = replaced(files['nginx.conf'], /\blisten 8080;/, `listen 127.0.0.1:${port};`);
  const servers = (_list: string, settings: string): string =>
    hubs.map((hub) => `    server 127.0.0.1:${hub}${settings};\n`).join('');
  return {
    'nginx.conf': replaced(conf, /(?<= )\/tmp\//g, `${folder}/`),
    // All hubs of a list get the settings of its last.
    'hubs.conf': replaced(files['hubs.conf'], /(?:^ *server \S+:\d+([^;]*);\n)+/gm, servers),
  };
}

function replaced(text: string, what: RegExp, by: string | ((...parts: string[]) => string)): string {
  if (text.search(what) < 0) throw new Error(`deploy/nginx has nothing like ${what}`);
  return typeof by === 'string' ? text.replace(what, by) : text.replace(what, by);
}

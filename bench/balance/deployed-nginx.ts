// The configuration of deploy/nginx for one run: its port, its hubs and its folder instead of /tmp, and not a word else.

export interface NginxFiles {
  readonly 'nginx.conf': string;
  readonly 'hubs.conf': string;
}

export interface NginxPlace {
  /** What nginx may write to, in place of /tmp. */
  readonly folder: string;
  readonly port: number;
  /** The hubs' ports on loopback. */
  readonly hubs: readonly number[];
}

/** Throws when a place that is to be changed is not there: then it would not be the deployed configuration that runs. */
export function deployedNginx(files: NginxFiles, { folder, port, hubs }: NginxPlace): NginxFiles {
  const [, settings] = /^server \S+:\d+([^;]*);$/m.exec(files['hubs.conf']) ?? [];
  if (settings === undefined) throw new Error('deploy/nginx/hubs.conf has no line "server <host>:<port> ...;"');
  return {
    'nginx.conf': replaced(
      replaced(files['nginx.conf'], /\blisten 8080;/, `listen 127.0.0.1:${port};`),
      /(?<= )\/tmp\//g,
      `${folder}/`,
    ),
    'hubs.conf': hubs.map((hub) => `server 127.0.0.1:${hub}${settings};\n`).join(''),
  };
}

function replaced(text: string, what: RegExp, by: string): string {
  if (text.search(what) < 0) throw new Error(`deploy/nginx/nginx.conf has nothing like ${what}`);
  return text.replace(what, by);
}

import { describe, expect, it } from 'vitest';
import { describeMissing, findNpm, glibcVersion } from '../../../cli/native/native-tools.js';

describe('the search for tools', () => {
  it('names each missing tool and the Debian packages that bring them', () => {
    const python = { what: 'python3', debian: 'python3 python3-pip' };
    const compiler = { what: 'a C++ compiler (g++)', debian: 'g++' };
    expect(describeMissing([python])).toBe(
      'python3 is missing; on Debian and Ubuntu: apt-get install python3 python3-pip',
    );
    expect(describeMissing([python, compiler])).toMatch(
      /^python3 and a C\+\+ compiler .* are missing; .* python3 python3-pip g\+\+$/,
    );
  });

  it('uses the npm that started the script, under this Node', () => {
    expect(findNpm({ npm_execpath: '/lib/npm-cli.js' })).toEqual({
      command: process.execPath,
      args: ['/lib/npm-cli.js'],
    });
  });

  it('uses the npm on PATH where another package manager or none started the script', () => {
    expect(findNpm({ npm_execpath: '/lib/yarn.js' })).toEqual({ command: 'npm', args: [] });
    expect(findNpm({})).toEqual({ command: 'npm', args: [] });
  });

  it('reads the C library from the report of Node, and finds none in that of a musl system', () => {
    expect(glibcVersion({ header: { glibcVersionRuntime: '2.36' } })).toBe('2.36');
    expect(glibcVersion({ header: {} })).toBeUndefined();
    expect(glibcVersion('{}')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { chooseWheel, pipDownloadArguments } from '../../../cli/native/native-source.js';

describe('the choice of the TensorFlow wheel', () => {
  it('is the CPU wheel on linux-x64, where the script is tested', () => {
    const choice = chooseWheel({ platform: 'linux', arch: 'x64', glibc: '2.36' });
    expect(choice).toMatchObject({ ok: true, wheel: { project: 'tensorflow-cpu', tried: true } });
  });

  it('is a wheel with a library of its own beside it on linux-arm64, and says that nobody tested it there', () => {
    const choice = chooseWheel({ platform: 'linux', arch: 'arm64', glibc: '2.36' });
    expect(choice).toMatchObject({ ok: true, wheel: { project: 'tensorflow-cpu-aws', tried: false } });
    if (choice.ok) expect(choice.wheel.members).toContain(`${choice.wheel.extraLibraries}/`);
  });

  it.each([
    { platform: 'darwin', arch: 'arm64' },
    { platform: 'win32', arch: 'x64' },
    { platform: 'linux', arch: 'arm' },
  ])("sends $platform-$arch to the package's own install", ({ platform, arch }) => {
    const choice = chooseWheel({ platform, arch, glibc: undefined });
    expect(choice.ok).toBe(false);
    if (!choice.ok) expect(choice.reason).toContain('npm rebuild @tensorflow/tfjs-node');
  });

  it('refuses a Linux without glibc and names a way out', () => {
    const choice = chooseWheel({ platform: 'linux', arch: 'x64', glibc: undefined });
    expect(choice).toMatchObject({ ok: false, reason: expect.stringMatching(/glibc.*wasm/s) });
  });

  it('asks pip for exactly that version and platform, whatever the local Python is', () => {
    const choice = chooseWheel({ platform: 'linux', arch: 'arm64', glibc: '2.31' });
    if (!choice.ok) throw new Error(choice.reason);
    const args = pipDownloadArguments(choice.wheel, '/somewhere');
    expect(args.at(-1)).toBe(`tensorflow-cpu-aws==${choice.wheel.version}`);
    expect(args).toContain('manylinux2014_aarch64');
    expect(args).not.toContain('manylinux2014_x86_64');
    expect(args[args.indexOf('--dest') + 1]).toBe('/somewhere');
    expect(choice.wheel.file).toContain(args[args.indexOf('--abi') + 1]);
  });
});

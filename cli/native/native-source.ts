/**
 * Decides which files make the native engine on which machine: the table of wheels. Pure: reads no disk, starts
 * nothing.
 */

/** This machine, from `process` and its report. `glibc` is undefined with another C library. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly glibc: string | undefined;
}

/** A Python wheel of TensorFlow, which carries the C library and its headers. */
export interface Wheel {
  readonly project: string;
  readonly version: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** pip's names of this wheel's platforms. */
  readonly pipPlatforms: readonly string[];
  /** What to unpack: whole folders (with a trailing slash) and files. */
  readonly members: readonly string[];
  /** A folder of further libraries, which the TensorFlow library expects beside its own folder. */
  readonly extraLibraries?: string;
  /** Whether `npm run native` has been run successfully on such a machine. */
  readonly tried: boolean;
}

const python = { version: '3.11', abi: 'cp311' };

const members = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/',
  'tensorflow/include/tsl/',
];

// 2.15.1: the last series whose wheel is known to work with the addon's calls of the C API, which tfjs-node 4.22.0 made
// for 2.9.1.
const wheels: Readonly<Record<string, Wheel>> = {
  'linux-x64': {
    project: 'tensorflow-cpu',
    version: '2.15.1',
    file: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    bytes: 207_208_420,
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
    pipPlatforms: ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
    members,
    tried: true,
  },
  'linux-arm64': {
    // On arm64 the wheel named `tensorflow` is empty and depends on this one.
    project: 'tensorflow-cpu-aws',
    version: '2.15.1',
    file: 'tensorflow_cpu_aws-2.15.1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl',
    bytes: 211_874_120,
    sha256: 'd4c3a3a9363bf42999adedbbd514e3a133be2d62f61fee9cfa46aaefb087c09e',
    pipPlatforms: ['manylinux_2_17_aarch64', 'manylinux2014_aarch64'],
    members: [...members, 'tensorflow_cpu_aws.libs/'],
    extraLibraries: 'tensorflow_cpu_aws.libs',
    tried: false,
  },
};

/** The C headers of Node-API, the same for every Node version: the addon needs no others. */
export const nodeApiHeaders = {
  spec: 'node-api-headers@1.9.0',
  file: 'node-api-headers-1.9.0.tgz',
  sha512:
    'da83482cfe235f0441e32c2760a8d593563227dea7d83e0439524ee92de8619e4fb5b26bc3762df53a40b97de704b32ece7ef8ae77c642bbf5de94bdbc2f9888',
};

export type WheelChoice =
  | { readonly ok: true; readonly wheel: Wheel }
  | { readonly ok: false; readonly reason: string };

export function chooseWheel(machine: Machine): WheelChoice {
  const name = `${machine.platform}-${machine.arch}`;
  const wheel = wheels[name];
  if (wheel === undefined) {
    const known = Object.keys(wheels).join(' and ');
    const way = 'let the package download its own library: npm rebuild @tensorflow/tfjs-node (after npm ci)';
    return { ok: false, reason: `this script knows ${known}, not ${name}: ${way}` };
  }
  if (machine.glibc === undefined) {
    return {
      ok: false,
      reason:
        'the TensorFlow library needs glibc, which this Linux (Alpine?) lacks: use a Debian-like one, or the wasm engine',
    };
  }
  return { ok: true, wheel };
}

export function pipDownloadArguments(wheel: Wheel, folder: string): readonly string[] {
  const platforms = wheel.pipPlatforms.flatMap((platform) => ['--platform', platform]);
  const target = ['--implementation', 'cp', '--python-version', python.version, '--abi', python.abi, ...platforms];
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-cache-dir'];
  const exact = ['--no-deps', '--only-binary=:all:', `${wheel.project}==${wheel.version}`];
  return ['-m', 'pip', 'download', ...quiet, ...target, '--dest', folder, ...exact];
}

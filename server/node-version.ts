/** Which Node this project runs on, in the words of package.json's `engines`. Read by versions that are too old: nothing newer than they know stands here. */

/** The first of each line that can `require` a module, as packages below do. */
const LEAST = [
  [20, 19],
  [22, 12],
] as const;

/** Undefined when `version` will do, such as `22.12.0`; else one line of what is wanted. */
export function unfitNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isFit = LEAST.some(([line, least]) => major === line && minor >= least) || major > 22;
  return isFit ? undefined : `tickcast needs Node 20.19 or later of 20, or 22.12 or later; this is ${version}`;
}

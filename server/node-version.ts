/**
 * Which Node versions this project runs on, matching `engines` in package.json. Must parse on versions that are too
 * old, so it uses nothing newer.
 */

/** The first release of each line that can `require` an ES module, as some packages do. */
const LEAST = [
  [20, 19],
  [22, 12],
] as const;

/** Undefined when `version`, such as `22.12.0`, is supported; otherwise one line that says what is needed. */
export function unfitNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isFit = LEAST.some(([line, least]) => major === line && minor >= least) || major > 22;
  return isFit ? undefined : `tickcast needs Node 20.19 or later of 20, or 22.12 or later; this is ${version}`;
}

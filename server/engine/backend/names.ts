/** The backends of TensorFlow.js by name. */

/** In the order in which `auto` tries them: from the fastest to the one that runs anywhere. */
export const backendNames = ['native', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];
export type BackendChoice = 'auto' | BackendName;

export function isBackendChoice(value: unknown): value is BackendChoice {
  return value === 'auto' || backendNames.some((name) => name === value);
}

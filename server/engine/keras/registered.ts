/** Classes that TensorFlow.js has registered but does not export. */

import type { serialization } from '@tensorflow/tfjs-core';
import type { TfCore } from '../backend/backend.js';

interface Instance {
  getClassName(): string;
  getConfig(): serialization.ConfigDict;
}

/** A registered class whose instances are `T`. */
export interface Registered<T, Args> {
  new (args: Args): T & Instance;
  readonly className: string;
  fromConfig: serialization.FromConfigMethod<serialization.Serializable>;
}

/** @returns the class, of whose instances the caller knows that they are `T`. Throws if there is none. */
export function classOf<T, Args>(core: TfCore, className: string): Registered<T, Args> {
  const [found] = core.serialization.SerializationMap.getMap().classNameMap[className] ?? [];
  if (found === undefined) throw new Error(`TensorFlow.js has no class ${className}`);
  return found as unknown as Registered<T, Args>;
}

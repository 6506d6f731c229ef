import type { KesKeyHandle } from './implementation.js';

/**
 * Uses a key and lets go of it, whatever happens.
 *
 * @internal
 */
export function withKey<Result>(key: KesKeyHandle, use: (key: KesKeyHandle) => Result): Result {
  try {
    return use(key);
  } finally {
    key.release();
  }
}

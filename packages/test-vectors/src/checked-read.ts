import type { KesCheckedRead } from './implementation.js';

/**
 * Whether the errors about tampered keys name a level.
 *
 * @internal
 */
export function namesLevels(checkedRead: KesCheckedRead | undefined): boolean {
  return typeof checkedRead?.levelOf === 'function';
}

import { channel } from 'node:diagnostics_channel';
import { EvolockError } from '@evolock/direct-serialise';
import { wrongValue } from '@evolock/direct-serialise/arguments';

/**
 * What happens with memory that could not be locked.
 *
 * - `require`: it is given back, and an error is thrown. The default.
 * - `warn`: it is used; the diagnostics channel `evolock:memory:unlocked` and a process warning say so.
 * - `off`: it is used; {@link lockStatus} alone tells.
 */
export type LockPolicy = 'require' | 'warn' | 'off';

const policies: readonly unknown[] = ['require', 'warn', 'off'];

/**
 * The lock policy was chosen twice, or too late: a policy holds for everything that a process locks.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes, setLockPolicy } from '@evolock/mlocked-bytes';
 *
 * MLockedBytes.newZeroed(32).release();
 * assert.throws(() => setLockPolicy('off'), { code: 'ERR_EVOLOCK_LOCK_POLICY' });
 * ```
 */
export class LockPolicyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_LOCK_POLICY';

  constructor(chosen: LockPolicy) {
    super(
      `the lock policy is ${chosen} and in use: choose it once, before anything is put into locked memory`,
    );
  }
}

let policy: LockPolicy = 'require';
let settled = false;

/**
 * Chooses what happens with memory that cannot be locked: once, before anything is put into locked memory. Each worker
 * thread chooses for itself.
 *
 * @throws {@link LockPolicyError} `ERR_EVOLOCK_LOCK_POLICY` when another one is in use already.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { lockStatus, setLockPolicy } from '@evolock/mlocked-bytes';
 *
 * setLockPolicy('require');
 * assert.equal(lockStatus().policy, 'require');
 * ```
 */
export function setLockPolicy(chosen: LockPolicy): void {
  if (!policies.includes(chosen)) {
    throw wrongValue('policy', "'require', 'warn' or 'off'", 'something else');
  }
  if (settled && chosen !== policy) throw new LockPolicyError(policy);
  policy = chosen;
  settled = true;
}

/**
 * The policy in force; from now on it stays.
 *
 * @internal
 */
export function settleLockPolicy(): LockPolicy {
  settled = true;
  return policy;
}

/**
 * The policy as it stands.
 *
 * @internal
 */
export function lockPolicy(): LockPolicy {
  return policy;
}

const unlocked = channel('evolock:memory:unlocked');

/**
 * Says aloud that memory is used unlocked: on the diagnostics channel, and as a process warning.
 *
 * @internal
 */
export function warnUnlocked(error: EvolockError): void {
  unlocked.publish({ error });
  process.emitWarning(`${error.message} [used unlocked: the lock policy is warn]`, {
    code: 'EVOLOCK_UNLOCKED',
  });
}

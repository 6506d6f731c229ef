/** What happens with memory that cannot be locked: the choice of the application. */
import { channel } from 'node:diagnostics_channel';
import { wrongValue } from '@evolock/direct-serialise/arguments';
import { LockPolicyError, type LockLimitError } from '../errors.js';

/**
 * What happens with memory that could not be locked.
 *
 * - `require`: it is given back, and an error is thrown. The default.
 * - `warn`: it is used, with a message on the diagnostics channel `evolock:memory:unlocked` and a process warning.
 * - `off`: it is used, and only {@link lockStatus} reports it.
 */
export type LockPolicy = 'require' | 'warn' | 'off';

const policies: readonly unknown[] = ['require', 'warn', 'off'];

let policy: LockPolicy = 'require';
let settled = false;

/**
 * Chooses what happens with memory that cannot be locked. Call it once, before anything is put into locked memory. Each
 * worker thread has its own policy.
 *
 * @throws {@link LockPolicyError} `ERR_EVOLOCK_LOCK_POLICY` when another policy is already in use.
 */
export function setLockPolicy(chosen: LockPolicy): void {
  if (!policies.includes(chosen)) {
    throw wrongValue('policy', "'require', 'warn' or 'off'", 'something else');
  }
  if (settled && chosen !== policy) throw new LockPolicyError(policy);
  policy = chosen;
  settled = true;
}

/** The policy. It cannot be changed after this call. */
export function settleLockPolicy(): LockPolicy {
  settled = true;
  return policy;
}

/** The policy, which may still be changed. */
export function lockPolicy(): LockPolicy {
  return policy;
}

const unlocked = channel('evolock:memory:unlocked');

/** Reports that memory is used unlocked: on the diagnostics channel, and as a process warning. */
export function warnUnlocked(error: LockLimitError): void {
  unlocked.publish({ error });
  process.emitWarning(`${error.message} [used unlocked: the lock policy is warn]`, {
    code: 'EVOLOCK_UNLOCKED',
  });
}

import type { LockStatus } from '@evolock/kes-sum';

/** How much may be locked, for a person. */
export function limitInWords({ limit, unlimited }: LockStatus): string {
  if (limit === undefined) return 'the platform does not tell its limit';
  if (limit === Infinity) return 'no limit';
  const bound =
    unlimited === true ? ', which does not bind this process (root or CAP_IPC_LOCK)' : '';
  return `limit ${sizeInWords(limit)}${bound}`;
}

/** How much is locked, for a person. */
export function lockedInWords({ locked }: LockStatus): string {
  return locked === undefined ? 'an unknown amount' : sizeInWords(locked);
}

function sizeInWords(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`;
  if (bytes < 1_048_576) return `${Math.round(bytes / 1_024)} KiB`;
  return `${Math.round(bytes / 1_048_576)} MiB`;
}

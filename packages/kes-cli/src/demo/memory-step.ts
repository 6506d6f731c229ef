import { lockStatus, pooledAllocator } from '@evolock/kes-sum';
import { prove } from './demo-error.js';
import type { Life } from './life.js';
import { limitInWords, lockedInWords } from './lock-words.js';

/** What this process may lock, before there is any secret. */
export function showLimits({ screen }: Life): void {
  screen.step('Locked memory: no swap, no core dump, wiped on release');
  const status = lockStatus();
  screen.line(`${limitInWords(status)}; locked so far: ${lockedInWords(status)}`);
}

/** That this process has nothing left of the key. */
export function showWipedHere({ screen, allocator }: Life): void {
  prove(allocator.liveSlots === 0, 'no slot of the key is live');
  prove(allocator.isZero, 'every slot that held a key or a seed reads as zeros');
  screen.proof(
    `wiped here: 0 live slots, as at the start; all ${allocator.handedOut} slots that were used read as zeros`,
  );
  const { liveSlots } = pooledAllocator.usage();
  screen.note(
    `locked now: ${lockedInWords(lockStatus())}, kept for the next key; ${liveSlots} slots are the algorithms' work benches, wiped after every use`,
  );
}

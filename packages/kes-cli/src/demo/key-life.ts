/** One key's life. What a step shows is checked before it is said. */
import { generateKey } from './generate-step.js';
import { handKeyOver } from './hand-over-step.js';
import type { Life } from './life.js';
import { showNoWayBack } from './no-way-back-step.js';
import { reachableLeaves } from './reachable-leaves.js';
import { SignatureCheck } from './signature-check.js';
import { signFirstHalf } from './signing-step.js';
import { showLimits, showWipedHere } from './memory-step.js';

/**
 * Runs a key's life and shows it. However that ends, the key is wiped.
 *
 * @throws {@link DemoError} `STEP_FAILED`, `HAND_OVER_FAILED`.
 */
export async function liveOneLife(life: Life): Promise<void> {
  showLimits(life);
  const key = generateKey(life);
  try {
    const check = new SignatureCheck(key.deriveVerificationKey());
    const leaves = reachableLeaves(key, life.allocator);
    signFirstHalf(life, key, check);
    showNoWayBack(life, key, check, leaves);
    await handKeyOver(life, key, check);
  } finally {
    key.release();
  }
  showWipedHere(life);
}

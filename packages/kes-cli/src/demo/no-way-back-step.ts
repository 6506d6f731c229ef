import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { withMLockedBytes } from '@evolock/mlocked-bytes';
import { prove } from './demo-error.js';
import type { Life } from './life.js';
import { periodMessage } from './period-message.js';
import { reachableLeaves } from './reachable-leaves.js';
import { refusalOf } from './refusal.js';
import type { SignatureCheck } from './signature-check.js';

/**
 * Shows that an evolved key cannot sign for the past: what it holds does not lead there, what it signs is not taken for
 * older, and no reading makes it an older key.
 * `leavesAtFirst` is what the key reached at period 0.
 */
export function showNoWayBack(
  life: Life,
  key: KesSigningKey,
  check: SignatureCheck,
  leavesAtFirst: ReadonlySet<string>,
): void {
  life.screen.step(`No way back from period ${key.period}`);
  showLeavesLost(life, key, check, leavesAtFirst);
  showOldClaimsRefused(life, key, check);
  showOldReadingRefused(life, key);
}

function showLeavesLost(
  { screen, allocator }: Life,
  key: KesSigningKey,
  { leaves }: SignatureCheck,
  leavesAtFirst: ReadonlySet<string>,
): void {
  const reachable = reachableLeaves(key, allocator);
  const spent = [...leaves.values()];
  prove(leavesAtFirst.size === sum6Kes.totalPeriods, 'the new key reached every leaf');
  prove(
    spent.every((leaf) => leavesAtFirst.has(leaf)),
    'the new key reached the leaves that have signed',
  );
  prove(!spent.some((leaf) => reachable.has(leaf)), 'no leaf that has signed can be reached');
  prove(reachable.size === sum6Kes.totalPeriods - key.period, 'all other leaves can be reached');
  screen.proof(
    `all seeds left in it, expanded: ${leavesAtFirst.size} leaves at period 0, ${reachable.size} now, none of the ${spent.length} that signed`,
  );
  screen.note('so whoever steals the key now has nothing to sign the past with');
}

function showOldClaimsRefused(
  { screen }: Life,
  key: KesSigningKey,
  { verificationKey }: SignatureCheck,
): void {
  for (let old = 0; old < key.period; old += 1) {
    const message = periodMessage(old);
    const signature: Uint8Array = key.sign(message);
    const isGood = sum6Kes.verify(verificationKey, old, message, signature);
    prove(!isGood, `a signature of period ${key.period} is refused at ${old}`);
  }
  screen.proof(`messages of periods 0 to ${key.period - 1} signed now: refused at every one`);
}

function showOldReadingRefused({ screen, allocator }: Life, key: KesSigningKey): void {
  const period = key.period - 1;
  const code = withMLockedBytes(
    sum6Kes.signingKeySize,
    (bytes) => {
      bytes.withBytes((view) => directSerialiseBufChecked(view, key));
      return refusalOf(() =>
        bytes.withBytes((view) =>
          directDeserialiseBufChecked(view, sum6Kes, { allocator, period }),
        ),
      );
    },
    { allocator },
  );
  screen.proof(`its ${sum6Kes.signingKeySize} bytes read as a key of period ${period}: ${code}`);
}

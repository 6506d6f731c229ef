import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { HAND_OVER_PERIOD } from './hand-over-period.js';
import type { Life } from './life.js';
import { periodMessage } from './period-message.js';
import type { SignatureCheck } from './signature-check.js';

/** Signs and verifies at every period of this process, and leaves the key at the next. */
export function signFirstHalf({ screen }: Life, key: KesSigningKey, check: SignatureCheck): void {
  const last = HAND_OVER_PERIOD - 1;
  screen.step(`Sign, verify, evolve: periods 0 to ${last}`);
  const progress = screen.progress(`periods 0 to ${last}`, HAND_OVER_PERIOD);
  while (key.period < HAND_OVER_PERIOD) {
    check.check(key.period, key.sign(periodMessage(key.period)));
    key.update();
    progress.advance();
  }
  progress.end();
  screen.proof(
    `${HAND_OVER_PERIOD} signatures of ${sum6Kes.signatureSize} bytes: each good at its own period, refused at the ${sum6Kes.totalPeriods - 1} others`,
  );
}

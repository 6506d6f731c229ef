/** The life of the key in the second process: from the period at which it came to its last, and to its end. */
import type { Socket } from 'node:net';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { farewellMessage, periodMessage } from './period-message.js';
import { sendMessage } from './message-sender.js';
import type { PublicMessage } from './public-message.js';
import { refusalOf } from './refusal.js';

const LAST_PERIOD = sum6Kes.totalPeriods - 1;

/** Signs at every period that is left, shows that the last is the last, and wipes the key. */
export async function goOn(key: KesSigningKey, socket: Socket): Promise<void> {
  const tell = (message: PublicMessage): Promise<void> => sendMessage(socket, message);
  await tell({
    kind: 'received',
    period: key.period,
    verificationKey: hexadecimal(key.deriveVerificationKey()),
  });
  await signToTheEnd(key, tell);
  await tell({ kind: 'refused', code: refusalOf(() => key.update()) });
  await tell(signatureOf(key, farewellMessage()));
  key.release();
  await tell({ kind: 'refused', code: refusalOf(() => key.sign(farewellMessage())) });
}

async function signToTheEnd(
  key: KesSigningKey,
  tell: (message: PublicMessage) => Promise<void>,
): Promise<void> {
  await tell(signatureOf(key, periodMessage(key.period)));
  while (key.period < LAST_PERIOD) {
    key.update();
    await tell(signatureOf(key, periodMessage(key.period)));
  }
}

function signatureOf(key: KesSigningKey, message: Uint8Array): PublicMessage {
  return { kind: 'signature', period: key.period, signature: hexadecimal(key.sign(message)) };
}

function hexadecimal(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { Conversation } from './conversation.js';
import { prove } from './demo-error.js';
import { handOver, type Receiver } from './hand-over.js';
import { HAND_OVER_PERIOD } from './hand-over-period.js';
import type { Life } from './life.js';
import { farewellMessage, periodMessage } from './period-message.js';
import { refusalOf } from './refusal.js';
import type { SignatureCheck } from './signature-check.js';

const LAST_PERIOD = sum6Kes.totalPeriods - 1;

/** Gives the key to a second process, which goes on with it to its end; what it says is checked here. */
export async function handKeyOver(
  life: Life,
  key: KesSigningKey,
  check: SignatureCheck,
): Promise<void> {
  life.screen.step('Hand the key to a second process: DirectSerialise over a Unix socket');
  await handOver(key, life, async ({ pid, messages }: Receiver) => {
    const conversation = new Conversation(messages);
    await confirmReceipt({ life, key, check, conversation, pid });
    await followSecondHalf(life, check, conversation);
    await followLastPeriod(life, check, conversation);
    await followWipe(life, conversation);
  });
}

interface Receipt {
  readonly life: Life;
  readonly key: KesSigningKey;
  readonly check: SignatureCheck;
  readonly conversation: Conversation;
  readonly pid: number;
}

/** Our key is wiped once the other side is known to hold the same. */
async function confirmReceipt({ life, key, check, conversation, pid }: Receipt): Promise<void> {
  const { screen } = life;
  const received = await conversation.next('received');
  const verificationKey = Buffer.from(check.verificationKey).toString('hex');
  prove(received.period === key.period, 'the key arrives at its period');
  prove(received.verificationKey === verificationKey, 'the key that arrives is the one sent');
  screen.proof(
    `${sum6Kes.signingKeySize} bytes went from locked memory here to locked memory in process ${pid}`,
  );
  screen.note('the staging copy was wiped once the kernel had it; the other side checked the key');
  key.release();
  const code = refusalOf(() => key.sign(periodMessage(received.period)));
  screen.proof(`then ours was wiped: signing here is ${code}`);
}

async function followSecondHalf(
  { screen }: Life,
  check: SignatureCheck,
  conversation: Conversation,
): Promise<void> {
  const span = `periods ${HAND_OVER_PERIOD} to ${LAST_PERIOD}`;
  const count = sum6Kes.totalPeriods - HAND_OVER_PERIOD;
  screen.step(`The second process goes on signing: ${span}`);
  const progress = screen.progress(span, count);
  for (let period = HAND_OVER_PERIOD; period <= LAST_PERIOD; period += 1) {
    const message = await conversation.next('signature');
    prove(message.period === period, `the second process signs at period ${period}`);
    check.check(period, Buffer.from(message.signature, 'hex'));
    progress.advance();
  }
  progress.end();
  screen.proof(`${count} signatures, verified here with the 32-byte verification key only`);
}

async function followLastPeriod(
  { screen }: Life,
  { verificationKey }: SignatureCheck,
  conversation: Conversation,
): Promise<void> {
  const { code } = await conversation.next('refused');
  prove(code === 'ERR_EVOLOCK_KES_LAST_PERIOD', 'the last period cannot be left');
  const { signature } = await conversation.next('signature');
  const bytes = Buffer.from(signature, 'hex');
  const isGood = sum6Kes.verify(verificationKey, LAST_PERIOD, farewellMessage(), bytes);
  prove(isGood, 'the key still signs at its last period');
  screen.proof(`period ${LAST_PERIOD} is the last: update is ${code}, and the key still signs`);
}

async function followWipe({ screen }: Life, conversation: Conversation): Promise<void> {
  screen.step('Wipe');
  const { code } = await conversation.next('refused');
  prove(code === 'ERR_EVOLOCK_RELEASED', 'a wiped key does not sign');
  const { slots, isZero } = await conversation.next('wiped');
  prove(isZero, 'all memory of the second process that held a secret reads as zeros');
  screen.proof(`wiped there: signing is ${code}; all ${slots} slots that were used read as zeros`);
}

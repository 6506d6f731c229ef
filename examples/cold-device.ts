/**
 * A certificate of a cold key that is elsewhere: a hardware device, or another machine. A function signs, and the library
 * keeps the counter and verifies the signature. Here a second process has the key; it sees each certificate and can refuse.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { absolutePeriod } from '@evolock/cardano-headers';
import {
  issueToFileWithSigner,
  readCounter,
  writeCounter,
  type SpentNumberError,
} from '@evolock/cardano-kes';
import { ed25519, MLockedSeed } from '@evolock/kes-sum';

/** What the second process accepts: no certificate that starts later. */
const LAST_START = 500n;

if (process.send === undefined) await issue();
else signForParent(process.send.bind(process));

async function issue(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cold-device-'));
  const device = fork(fileURLToPath(import.meta.url), { serialization: 'advanced' });
  try {
    const coldVerificationKey = await answerOf(device);
    const counterPath = join(folder, 'cold.counter');
    writeCounter(counterPath, { next: 0n, coldVerificationKey });
    const request = { coldVerificationKey, counterPath, hotVerificationKey: new Uint8Array(32) };
    const sign = (message: Uint8Array): Promise<Uint8Array> => {
      device.send(message);
      return answerOf(device);
    };
    const path = join(folder, 'node.cert');
    // The device refuses the first one. Its number is kept for the second.
    const far = { ...request, startPeriod: absolutePeriod(501) };
    const number = await issueToFileWithSigner(path, far, sign).then(
      () => undefined,
      (error: unknown) => (error as SpentNumberError).number,
    );
    console.log(`refused: number ${String(number)} has no certificate`);
    const near = { ...request, startPeriod: absolutePeriod(500), reuseNumber: number };
    const { certificate } = await issueToFileWithSigner(path, near, sign);
    console.log(`certificate ${String(certificate.sequenceNumber)}`);
    console.log(`next number: ${String(readCounter(counterPath).next)}`);
  } finally {
    device.disconnect();
    rmSync(folder, { recursive: true });
  }
}

async function answerOf(device: ChildProcess): Promise<Uint8Array> {
  const [answer] = (await once(device, 'message')) as [Uint8Array];
  return answer;
}

/** The second process: the cold key does not leave it. An empty answer refuses. */
function signForParent(send: (answer: Uint8Array) => boolean): void {
  const seed = MLockedSeed.newRandom(32);
  const coldKey = ed25519.generateKey(seed);
  seed.release();
  send(coldKey.deriveVerificationKey());
  process.on('message', (message: Uint8Array) => {
    const startPeriod = Buffer.from(message).readBigUInt64BE(40);
    send(startPeriod <= LAST_START ? coldKey.sign(message) : new Uint8Array());
  });
  process.once('disconnect', () => coldKey.release());
}

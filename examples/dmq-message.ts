/**
 * Messages of CIP-137, as signers of Mithril send them. A pool signs a message with its KES key. A receiver verifies it,
 * remembers the highest sequence number of each pool, and refuses a changed message, an expired one, and one with an older
 * certificate.
 */
import { parseDmqMessage, signDmqMessage, verifyDmqMessage } from '@evolock/cardano-dmq';
import {
  absolutePeriod,
  periodOfSlot,
  preview,
  slotOfDate,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import { issueCertificate } from '@evolock/cardano-kes';
import { ed25519, MLockedSeed, sum6Kes } from '@evolock/kes-sum';

const now = new Date();
const period = periodOfSlot(preview, slotOfDate(preview, now));

using coldSeed = MLockedSeed.newRandom(32);
using coldKey = ed25519.generateKey(coldSeed);
using kesSeed = MLockedSeed.newRandom(32);
using kesKey = sum6Kes.generateKey(kesSeed);

function certify(sequenceNumber: bigint): OperationalCertificate {
  return issueCertificate(coldKey, {
    hotVerificationKey: kesKey.deriveVerificationKey(),
    sequenceNumber,
    startPeriod: absolutePeriod(period - 3n),
  });
}

/** The signer has the key: here in this process, elsewhere in an agent. */
async function send(text: string, certificate: OperationalCertificate): Promise<Uint8Array> {
  const message = await signDmqMessage(
    {
      parameters: preview,
      body: new TextEncoder().encode(text),
      period,
      expiresAt: Math.floor(now.getTime() / 1_000) + 600,
      certificate,
      coldVerificationKey: coldKey.deriveVerificationKey(),
    },
    (payload, { evolution }) => {
      kesKey.updateTo(evolution);
      return kesKey.sign(payload);
    },
  );
  return message.bytes;
}

/** The highest sequence number of each pool. */
const numbers = new Map<string, bigint>();

function receive(name: string, bytes: Uint8Array, at = now): void {
  const { poolId, certificate } = parseDmqMessage(bytes);
  const lastSequenceNumber = numbers.get(poolId);
  const verdict = verifyDmqMessage(bytes, { parameters: preview, now: at, lastSequenceNumber });
  if (verdict.valid) numbers.set(poolId, certificate.sequenceNumber);
  const reasons = verdict.failures.map(({ code }) => code).join(', ');
  console.log(`${name}: ${verdict.valid ? 'valid' : `refused (${reasons})`}`);
}

const message = await send('a signature of Mithril', certify(1n));
receive('a message', message);
receive('the same eleven minutes later', message, new Date(now.getTime() + 660_000));

const changed = Uint8Array.from(message);
const place = Buffer.from(message).indexOf('Mithril');
changed.set(new TextEncoder().encode('mithril'), place);
receive('a changed body', changed);

receive('a message with an older certificate', await send('another', certify(0n)));

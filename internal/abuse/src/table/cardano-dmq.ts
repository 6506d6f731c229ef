// The functions of cardano-dmq with their arguments.
import { signDmqMessage } from '@evolock/cardano-dmq';
import { absolutePeriod, issueCertificate, mainnet } from '@evolock/cardano-kes';
import { ed25519, sum6Kes } from '@evolock/kes-sum';
import { bytes, fn, kind, type Entry } from '../arguments/kinds.js';
import { keyOf } from '../arguments/world.js';

const never = () => false;
const startPeriod = absolutePeriod(500);

/** A request and its signed message. The keys are released. */
async function signed() {
  const coldKey = keyOf(ed25519);
  const hotKey = keyOf(sum6Kes);
  try {
    const request = {
      parameters: mainnet,
      body: Uint8Array.of(1, 2, 3),
      period: startPeriod,
      expiresAt: 1_700_000_000,
      certificate: issueCertificate(coldKey, {
        hotVerificationKey: hotKey.deriveVerificationKey(),
        sequenceNumber: 7n,
        startPeriod,
      }),
      coldVerificationKey: coldKey.deriveVerificationKey(),
    };
    const message = await signDmqMessage(request, (payload) => hotKey.sign(payload));
    return { request, message };
  } finally {
    coldKey.release();
    hotKey.release();
  }
}

const { request, message } = await signed();

/** There is a verdict for any bytes. */
const messageBytes = bytes(() => message.bytes);

export const cardanoDmq: Record<string, Entry> = {
  parseDmqMessage: { args: [messageBytes] },
  verifyDmqMessage: {
    args: [messageBytes, kind('options', () => ({ parameters: mainnet, now: 0 }), never)],
  },
  signDmqMessage: {
    args: [kind('request', () => ({ ...request }), never), fn(() => () => message.kesSignature)],
    async: true,
    slow: true,
  },
};

// The functions of kes-verify. Many have the names and the arguments of those of cardano-kes.
import { ed25519, HeaderItems, praosBatchCompatVrf, praosVrf, sum2Kes } from '@evolock/kes-verify';
import { bytes, integer, kind, message, publicBytes, type Entry } from '../arguments/kinds.js';
import { vrfParts } from '../arguments/world.js';
import { cardanoKes } from './cardano.js';

/** The functions of cardano-kes that have namesakes here. */
const namesakes = [
  'slot',
  'absolutePeriod',
  'kesParameters',
  'evolutionLimit',
  'periodOfSlot',
  'firstSlotOfPeriod',
  'evolutionOf',
  'expiryOf',
  'dateOfSlot',
  'slotOfDate',
  'hasDates',
  'parseCertificate',
  'hexOf',
  'poolIdOf',
  'parseHeader',
  'verifyHeader',
  'verifyCertificate',
  'verdictJson',
  'new HeaderItems',
  'headerItems',
  'parseCertificate',
  'dateOfSlot',
  'slotOfDate',
  'hasDates',
  'expiryOf',
];

const depth = integer(3, 0, 20);
const dsign = kind(
  'ed25519 of kes-verify',
  () => ed25519,
  () => false,
);
const anyOf = (size: number) => publicBytes(() => new Uint8Array(size));
const vrfKey = publicBytes(() => vrfParts.verificationKey);

const items = kind(
  'items',
  () => new HeaderItems(),
  () => false,
);

const own: Record<string, Entry> = {
  'HeaderItems#add': { receiver: items, args: [bytes(() => Uint8Array.of(1))] },
  'HeaderItems#end': { receiver: items },
  'HeaderItems#get isDone': { receiver: items },
  'ed25519.verify': { args: [anyOf(32), message, anyOf(64)] },
  sumKesOfDepth: { args: [dsign, depth] },
  compactSumKesOfDepth: { args: [dsign, depth] },
  'KesVerifier#verify': {
    receiver: kind(
      'algorithm of kes-verify',
      () => sum2Kes,
      () => false,
    ),
    args: [anyOf(32), integer(0, -Infinity, Infinity), message, anyOf(sum2Kes.signatureSize)],
  },
  'praosVrf.verify': { args: [vrfKey, message, anyOf(praosVrf.proofSize)] },
  'praosVrf.outputOf': { args: [publicBytes(() => vrfParts.proof)] },
  'praosBatchCompatVrf.verify': { args: [vrfKey, message, anyOf(praosBatchCompatVrf.proofSize)] },
  'praosBatchCompatVrf.outputOf': { args: [publicBytes(() => vrfParts.batchProof)] },
};

const all: Record<string, Entry | undefined> = {
  ...Object.fromEntries(namesakes.map((name) => [name, cardanoKes[name]])),
  ...own,
};

export const kesVerify = Object.fromEntries(
  Object.entries(all).map(([name, entry]) => [`kes-verify ${name}`, entry!]),
);

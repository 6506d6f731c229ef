/**
 * The two hot keys of a block producer, KES and VRF, from one seed in locked memory to a header that verifies: certificate,
 * KES signature and VRF proof.
 */
import {
  evolutionOf,
  headerVerifier,
  periodOfSlot,
  preview,
  slot,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import {
  EpochNonces,
  epochOfSlot,
  epochParametersOf,
  vrfInputOf,
} from '@evolock/cardano-headers/nonces';
import { issueCertificate } from '@evolock/cardano-kes';
import { praosVrf, type VrfSigningKey } from '@evolock/cardano-kes/all';
import { encodeItem, type CborItem } from '@evolock/cardano-headers/cbor';
import { ed25519, MLockedSeed, sum6Kes, type KesSigningKey } from '@evolock/kes-sum';

/** The hot keys, in the locked memory of one pool of slots. Only the certificate comes from elsewhere. */
interface Producer {
  readonly kesKey: KesSigningKey;
  readonly vrfKey: VrfSigningKey;
  readonly coldVerificationKey: Uint8Array;
  readonly certificate: OperationalCertificate;
}

const epochs = epochParametersOf('preview');
// A node adds each header of its chain. The first block has none before it.
const nonces = new EpochNonces(epochs);
/** In the Babbage era of preview, whose headers have this shape. */
const firstSlot = slot(259_240);

const master = MLockedSeed.newRandom(32);
const { left: kesSeed, right: vrfSeed } = master.expand();
const kesKey = sum6Kes.generateKey(kesSeed);
const vrfKey = praosVrf.generateKey(vrfSeed);
for (const seed of [master, kesSeed, vrfSeed]) seed.release();
try {
  const producer = { kesKey, vrfKey, ...certified(kesKey.deriveVerificationKey()) };
  const header = forge(producer, nonces.nonceAt(firstSlot));
  verify(header, nonces.nonceAt(firstSlot));
  verify(header, new Uint8Array(32));
} finally {
  for (const key of [kesKey, vrfKey]) key.release();
}

/** On the offline machine of the pool. */
function certified(hotVerificationKey: Uint8Array) {
  using seed = MLockedSeed.newRandom(32);
  using coldKey = ed25519.generateKey(seed);
  const startPeriod = periodOfSlot(preview, firstSlot);
  const certificate = issueCertificate(coldKey, {
    hotVerificationKey,
    sequenceNumber: 0n,
    startPeriod,
  });
  return { certificate, coldVerificationKey: coldKey.deriveVerificationKey() };
}

/** Makes the header of the first block of a chain of Babbage. */
function forge(producer: Producer, epochNonce: Uint8Array): Uint8Array {
  const { kesKey, vrfKey, coldVerificationKey, certificate } = producer;
  const proof = vrfKey.prove(vrfInputOf(firstSlot, epochNonce));
  const output = praosVrf.outputOf(proof);
  if (output === undefined) throw new Error('a proof of this key always has an output');
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } = certificate;
  const status = evolutionOf(preview, startPeriod, periodOfSlot(preview, firstSlot));
  if (status.state !== 'valid') throw new Error('the certificate is not valid in this slot');
  kesKey.updateTo(status.evolution);
  const body: CborItem = [
    0n, // block number
    firstSlot,
    null, // hash of the previous header
    coldVerificationKey,
    vrfKey.deriveVerificationKey(),
    [output, proof],
    4n, // bytes of the body
    new Uint8Array(32), // its hash
    [hotVerificationKey, sequenceNumber, startPeriod, signature],
    [9n, 0n], // protocol version
  ];
  return encodeItem([body, kesKey.sign(encodeItem(body))]);
}

function verify(header: Uint8Array, epochNonce: Uint8Array): void {
  const verdict = headerVerifier(preview).verify(header, { epochNonce });
  const { result, certificate, kesSignature, vrf, failures = [] } = verdict ?? {};
  const epoch = String(epochOfSlot(epochs, firstSlot));
  const facts = `certificate ${String(certificate)}, KES ${String(kesSignature)}, VRF ${String(vrf)}`;
  const codes = failures.map(({ code }) => code).join(', ');
  console.log(`epoch ${epoch}: ${String(result)} (${facts}) ${codes}`.trim());
}

// The functions of cardano-kes with their arguments.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { types } from 'node:util';
import {
  absolutePeriod,
  HeaderItems,
  EpochNonces,
  epochParametersOf,
  HeaderVerifier,
  issueCertificate,
  mainnet,
  verifyHeader,
  writeColdSigningKey,
  writeColdVerificationKey,
  writeCounter,
  writeKesSigningKey,
  writeKesVerificationKey,
  writeVrfSigningKey,
  writeVrfVerificationKey,
} from '@evolock/cardano-kes';
import { ed25519, sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import type { Ed25519SigningKey } from '@evolock/dsign-ed25519';
import {
  bytes,
  coldKey,
  edKey,
  fn,
  folder,
  io,
  locked,
  optionsOf,
  vrfKey,
  type Kind,
  type Entry,
} from '../arguments/kinds.js';
import { keyOf, logged, secret, vrfKey as newVrfKey } from '../arguments/world.js';

const kind = (name: string, make: Kind['make'], accepts: Kind['accepts'] = () => false): Kind => ({
  name,
  make,
  accepts,
});

const unsigned64 = kind(
  'number of 64 bits',
  () => 500n,
  (_, value) =>
    typeof value === 'bigint' ? value >= 0n : Number.isSafeInteger(value) && Number(value) >= 0,
);
const parameters = kind('parameters', () => mainnet);
const key32 = bytes(() => secret(32), 32);
const text = (good: unknown) => kind('text', () => good);

let files = 0;
const newPath = () => join(folder, `cardano-${(files += 1)}`);
/** Any text is the path of a file that does not exist. */
const path = (write?: (to: string) => unknown) =>
  kind(
    'path',
    () => {
      const made = newPath();
      write?.(made);
      return made;
    },
    (is) => is.text !== undefined,
  );

function withKey<Key extends Ed25519SigningKey | KesSigningKey, Result>(
  algorithm: Parameters<typeof keyOf<Key>>[0],
  use: (key: Key) => Result,
) {
  const key = keyOf(algorithm);
  try {
    return use(key);
  } finally {
    key.release();
  }
}

function writeNewVrfKey(to: string): void {
  const key = newVrfKey();
  try {
    writeVrfSigningKey(to, key);
  } finally {
    key.release();
  }
}

// The scratch memory of the algorithm stays for the whole process. It is not a slot that a call has lost.
keyOf(sum6Kes).release();

const body = () => ({
  hotVerificationKey: secret(32),
  sequenceNumber: 7n,
  startPeriod: absolutePeriod(400),
});
const certificate = () => withKey(ed25519, (key) => issueCertificate(key, body()));
const coldVerificationKey = () => withKey(ed25519, (key) => key.deriveVerificationKey());
const counter = () => ({ next: 7n, coldVerificationKey: coldVerificationKey() });

const issueRequest = kind('request', (call) => {
  const counterPath = newPath();
  writeCounter(counterPath, counter());
  return { ...body(), coldKey: call.keep(keyOf(ed25519)), counterPath };
});

const signerRequest = kind('request', () => {
  const counterPath = newPath();
  writeCounter(counterPath, counter());
  return { ...body(), coldVerificationKey: coldVerificationKey(), counterPath };
});
const coldSigner = fn(() => (message: Uint8Array) => withKey(ed25519, (key) => key.sign(message)));

const allocating = optionsOf({ ...logged }, (is) => is.badOptions === undefined);
const writing = optionsOf({ replace: true }, () => true);
const genesis = {
  networkMagic: 42,
  slotsPerKESPeriod: 1,
  maxKESEvolutions: 1,
};
const certificateText = {
  type: 'NodeOperationalCertificate',
  description: '',
  cborHex: `82845820${'11'.repeat(32)}00005840${'22'.repeat(64)}5820${'00'.repeat(32)}`,
};
const kesKeyText = {
  type: 'KesVerificationKey_ed25519_kes_2^6',
  description: '',
  cborHex: `5820${'11'.repeat(32)}`,
};
const counterText = {
  type: 'NodeOperationalCertificateIssueCounter',
  description: '',
  cborHex: `82075820${'00'.repeat(32)}`,
};
const coldKeyText = { ...kesKeyText, type: 'StakePoolVerificationKey_ed25519' };
const vrfKeyText = { ...kesKeyText, type: 'VrfVerificationKey_PraosVRF' };
const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** There is a verdict for any bytes and any text. */
const header = kind(
  'header bytes',
  () => Uint8Array.of(0x80),
  (is) => is.bytes !== undefined || is.text !== undefined,
);
const date = kind(
  'date',
  () => new Date('2026-01-01'),
  (_, value) => types.isDate(value),
);

const epochs = kind('epoch parameters', () => epochParametersOf('preview'));
const epochInit = () => ({
  genesisHash: secret(32),
  slotsPerEpoch: 500,
  securityParameter: 10,
  activeSlotsCoefficient: 0.2,
});
const epochGenesis = { epochLength: 500, securityParam: 10, activeSlotsCoeff: 0.2 };
const nonceHeader = () => ({
  shape: 'TPraos',
  era: 2,
  slot: 1n,
  previousHash: undefined,
  vrf: { nonce: { output: secret(64) } },
});
const withNonce = optionsOf({ epochNonce: secret(32) }, () => true);

export const cardanoKes: Record<string, Entry> = {
  'new HeaderItems': {
    args: [
      kind(
        'offset',
        () => 0,
        (is, value) => is.undefined === true || (Number.isSafeInteger(value) && Number(value) >= 0),
      ),
    ],
  },
  'HeaderItems#add': {
    receiver: kind('items', () => new HeaderItems()),
    args: [bytes(() => Uint8Array.of(1))],
  },
  'HeaderItems#end': { receiver: kind('items', () => new HeaderItems()) },
  'HeaderItems#get isDone': { receiver: kind('items', () => new HeaderItems()) },
  verifyDatabase: {
    args: [path(), parameters, optionsOf({ onFinding: () => undefined }, () => true)],
    async: true,
  },
  headerItems: { args: [bytes(() => Uint8Array.of(1))] },
  looksLikeKeyText: {
    args: [
      kind(
        'text',
        () => 'cold.vkey',
        (is) => is.text !== undefined,
      ),
    ],
  },
  slot: { args: [unsigned64] },
  absolutePeriod: { args: [unsigned64] },
  kesParameters: { args: [kind('init', () => ({ slotsPerKesPeriod: 1, maxKesEvolutions: 1 }))] },
  networkNamed: { args: [text('mainnet')] },
  parametersOfGenesis: { args: [bytes(() => utf8(genesis)), optionsOf({}, () => true)] },
  evolutionLimit: { args: [parameters] },
  periodOfSlot: { args: [parameters, unsigned64] },
  firstSlotOfPeriod: { args: [parameters, unsigned64] },
  evolutionOf: { args: [parameters, unsigned64, unsigned64] },
  expiryOf: { args: [parameters, unsigned64] },
  dateOfSlot: { args: [parameters, unsigned64] },
  slotOfDate: { args: [parameters, date] },
  hasDates: { args: [parameters] },
  readKesSigningKey: {
    args: [
      path((to: string) => withKey(sum6Kes, (key) => writeKesSigningKey(to, key))),
      allocating,
    ],
    slow: true,
  },
  writeKesSigningKey: {
    args: [path(), locked(['sum6'], () => keyOf(sum6Kes)), allocating],
    slow: true,
  },
  readColdSigningKey: {
    args: [
      path((to: string) => withKey(ed25519, (key) => writeColdSigningKey(to, key))),
      allocating,
    ],
    slow: true,
  },
  writeColdSigningKey: { args: [path(), edKey, allocating], slow: true },
  readVrfSigningKey: { args: [path(writeNewVrfKey), allocating], slow: true },
  writeVrfSigningKey: { args: [path(), vrfKey, allocating], slow: true },
  readKesVerificationKey: {
    args: [path((to: string) => writeKesVerificationKey(to, secret(32)))],
    slow: true,
  },
  writeKesVerificationKey: { args: [path(), key32, writing], slow: true },
  parseKesVerificationKey: { args: [bytes(() => utf8(kesKeyText))] },
  readVrfVerificationKey: {
    args: [path((to: string) => writeVrfVerificationKey(to, secret(32)))],
    slow: true,
  },
  writeVrfVerificationKey: { args: [path(), key32, writing], slow: true },
  parseVrfVerificationKey: { args: [bytes(() => utf8(vrfKeyText))] },
  parseColdVerificationKey: { args: [bytes(() => utf8(coldKeyText))] },
  readColdVerificationKey: {
    args: [path((to: string) => writeColdVerificationKey(to, secret(32)))],
    slow: true,
  },
  writeColdVerificationKey: { args: [path(), key32, writing], slow: true },
  inspectEnvelope: {
    args: [path((to: string) => writeKesVerificationKey(to, secret(32)))],
    slow: true,
  },
  inspectEnvelopeText: { args: [bytes(() => utf8(kesKeyText))] },
  isEvolvedType: {
    args: [
      kind(
        'text',
        () => 'KesSigningKey_ed25519_kes_2^6',
        (_, value) => typeof value === 'string',
      ),
    ],
  },
  firstSightOf: { args: [io.readable], slow: true },
  readPublicStart: { args: [io.readable], slow: true },
  leftoversOf: { args: [path()], slow: true },
  eraseLeftovers: { args: [path()], slow: true },
  withLockFile: { args: [path(), fn()], slow: true },
  identityOfFile: { args: [path((to: string) => writeFileSync(to, ''))], slow: true },
  issueCertificate: { args: [coldKey, kind('body', body)] },
  verifyCertificate: { args: [kind('certificate', certificate), key32] },
  readCertificate: {
    args: [path((to: string) => writeFileSync(to, JSON.stringify(certificateText)))],
    slow: true,
  },
  parseCertificate: { args: [bytes(() => utf8(certificateText))] },
  readCounter: {
    args: [path((to: string) => writeCounter(to, counter()))],
    slow: true,
  },
  readReservation: {
    args: [path((to: string) => writeCounter(to, counter()))],
    slow: true,
  },
  parseCounter: { args: [bytes(() => utf8(counterText))] },
  writeCounter: { args: [path(), kind('counter', counter), writing], slow: true },
  issueToFile: { args: [path(), issueRequest, writing], slow: true },
  issueToFileWithSigner: {
    args: [path(), signerRequest, coldSigner, writing],
    async: true,
    slow: true,
  },
  poolIdOf: { args: [key32] },
  hexOf: { args: [bytes(() => secret(8))] },
  parseHeader: { args: [header], refuses: true },
  verifyHeader: { args: [header, parameters, withNonce] },
  epochParameters: { args: [kind('init', epochInit)] },
  epochParametersOf: { args: [text('mainnet')] },
  epochParametersOfGenesis: {
    args: [bytes(() => utf8(epochGenesis)), optionsOf({ firstSlot: 0n }, () => true)],
  },
  'new EpochNonces': {
    args: [
      epochs,
      kind(
        'state',
        () => new EpochNonces(epochParametersOf('preview')).state,
        (_, value) => value === undefined,
      ),
    ],
  },
  'EpochNonces#add': {
    receiver: kind('nonces', () => new EpochNonces(epochParametersOf('preview'))),
    args: [kind('header', nonceHeader)],
  },
  'EpochNonces#nonceAt': {
    receiver: kind('nonces', () => new EpochNonces(epochParametersOf('preview'))),
    args: [unsigned64],
  },
  vrfInputOf: { args: [unsigned64, key32] },
  epochOfSlot: { args: [epochs, unsigned64] },
  'EpochNonces#get state': {
    receiver: kind('nonces', () => new EpochNonces(epochParametersOf('preview'))),
  },
  'new HeaderVerifier': { args: [parameters, optionsOf({ certificates: 1 }, () => true)] },
  'HeaderVerifier#verify': {
    receiver: kind('verifier', () => new HeaderVerifier(mainnet)),
    args: [header, withNonce],
  },
  headerFunctions: {
    args: [
      kind('cryptography', () => ({
        poolIdOf: () => undefined,
        blake2b256: () => undefined,
        verifyEd25519: () => false,
        verifyKes: () => false,
        verifyVrf: () => undefined,
      })),
    ],
  },
  isBlockHeaderBody: { args: [bytes(() => Uint8Array.of(0x80))] },
  verdictJson: { args: [kind('verdict', () => verifyHeader('80', mainnet))] },
};

// The arguments of the functions of cardano-kes, cardano-dmq and kes-verify, which has namesakes of many of them.
import { signDmqMessage } from '@evolock/cardano-dmq';
import {
  absolutePeriod,
  EpochNonces,
  epochParametersOf,
  HeaderItems,
  HeaderVerifier,
  issueCertificate,
  mainnet,
  verifyHeader,
  writeColdSigningKey,
  writeCounter,
  writeKesSigningKey,
  writeVrfSigningKey,
} from '@evolock/cardano-kes';
import { ed25519, sum6Kes } from '@evolock/kes-sum';
import * as verify from '@evolock/kes-verify';
import { writeFileSync } from 'node:fs';
import { types } from 'node:util';
import { newPath, path, readable } from '../arguments/files-and-sockets.js';
import {
  allocation,
  anyInteger,
  bytes,
  coldKey,
  edKey,
  fn,
  given,
  integer,
  key32,
  kind,
  locked,
  message,
  oneText,
  optionsOf,
  slowly,
  someBytes,
  text,
  vrfKey,
  type Kind,
  type Row,
} from '../arguments/kinds.js';
import { keyOf, secret, vrfKey as newVrfKey, vrfParts } from '../arguments/world.js';

/** The result of what is done with a value that is released then. */
function within<Value extends { release: () => void }, Result>(
  value: Value,
  use: (value: Value) => Result,
) {
  try {
    return use(value);
  } finally {
    value.release();
  }
}

const isUnsigned = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const unsigned64 = kind(
  'number of 64 bits',
  () => 500n,
  (_, value) => (typeof value === 'bigint' ? value >= 0n : isUnsigned(value)),
);
const parameters = kind('parameters', () => mainnet);
const epochs = kind('epoch parameters', () => epochParametersOf('preview'));
const date = kind(
  'date',
  () => new Date('2026-01-01'),
  (_, value) => types.isDate(value),
);
/** There is a verdict for any bytes and any text. */
const header = kind(
  'header bytes',
  () => Uint8Array.of(0x80),
  (is, value) => is.bytes !== undefined || typeof value === 'string',
);
const oneByte = bytes(() => Uint8Array.of(1));
const withNonce = optionsOf({ epochNonce: secret(32) });
const writing = optionsOf({ replace: true });

const startPeriod = absolutePeriod(400);
const hotVerificationKey = within(keyOf(sum6Kes), (key) => key.deriveVerificationKey());
const coldVerificationKey = within(keyOf(ed25519), (key) => key.deriveVerificationKey());
const body = { hotVerificationKey, sequenceNumber: 7n, startPeriod };
const certificate = within(keyOf(ed25519), (key) => issueCertificate(key, body));
const counter = { next: 7n, coldVerificationKey };
const writtenCounter = () => {
  const counterPath = newPath();
  writeCounter(counterPath, counter);
  return counterPath;
};

/** The bytes of a file, and its path. */
function fileOf(content: object) {
  const json = JSON.stringify({ description: '', ...content });
  return {
    parsed: bytes(() => new TextEncoder().encode(json)),
    path: path((to) => writeFileSync(to, json)),
  };
}
const item = `5820${'11'.repeat(32)}`;
const envelope = (type: string, cborHex = item) => fileOf({ type, cborHex });
const kesKeyFile = envelope('KesVerificationKey_ed25519_kes_2^6');
const certificateFile = envelope(
  'NodeOperationalCertificate',
  `8284${item}00005840${'22'.repeat(64)}${item}`,
);
const genesis = { networkMagic: 42, slotsPerKESPeriod: 1, maxKESEvolutions: 1 };
const epochGenesis = { epochLength: 500, securityParam: 10, activeSlotsCoeff: 0.2 };
const counterFile = path((to) => writeCounter(to, counter));

const files: Record<string, Row> = {
  readKesSigningKey: [
    path((to) => within(keyOf(sum6Kes), (key) => writeKesSigningKey(to, key))),
    allocation,
  ],
  writeKesSigningKey: [path(), locked('sum6', () => keyOf(sum6Kes)), allocation],
  readColdSigningKey: [
    path((to) => within(keyOf(ed25519), (key) => writeColdSigningKey(to, key))),
    allocation,
  ],
  writeColdSigningKey: [path(), edKey, allocation],
  readVrfSigningKey: [
    path((to) => within(newVrfKey(), (key) => writeVrfSigningKey(to, key))),
    allocation,
  ],
  writeVrfSigningKey: [path(), vrfKey, allocation],
  readVerificationKey: [oneText('kes'), kesKeyFile.path],
  writeVerificationKey: [oneText('kes'), path(), key32, writing],
  parseVerificationKey: [oneText('kes'), kesKeyFile.parsed],
  inspectEnvelope: [kesKeyFile.path],
  inspectEnvelopeText: [kesKeyFile.parsed],
  isEvolvedType: [text('KesSigningKey_ed25519_kes_2^6')],
  looksLikeKeyText: [text('cold.vkey')],
  readPublicStart: [readable],
  leftoversOf: [path()],
  eraseLeftovers: [path()],
  withLockFile: [path(), fn()],
  identityOfFile: [path((to) => writeFileSync(to, ''))],
  readCertificate: [certificateFile.path],
  parseCertificate: [certificateFile.parsed],
  readCounter: [counterFile],
  readReservation: [counterFile],
  parseCounter: [envelope('NodeOperationalCertificateIssueCounter', `8207${item}`).parsed],
  writeCounter: [path(), given(() => ({ ...counter })), writing],
  issueToFile: [
    path(),
    kind('request', (call) => ({
      ...body,
      coldKey: call.keep(keyOf(ed25519)),
      counterPath: writtenCounter(),
    })),
    writing,
  ],
  issueToFileWithSigner: [
    path(),
    given(() => ({ ...body, coldVerificationKey, counterPath: writtenCounter() })),
    fn(() => (given: Uint8Array) => within(keyOf(ed25519), (key) => key.sign(given))),
    writing,
  ],
};

const periods: Record<string, Row> = {
  slot: [unsigned64],
  absolutePeriod: [unsigned64],
  kesParameters: [given(() => ({ slotsPerKesPeriod: 1, maxKesEvolutions: 1 }))],
  networkNamed: [oneText('mainnet')],
  parametersOfGenesis: [fileOf(genesis).parsed, optionsOf({})],
  evolutionLimit: [parameters],
  periodOfSlot: [parameters, unsigned64],
  firstSlotOfPeriod: [parameters, unsigned64],
  evolutionOf: [parameters, unsigned64, unsigned64],
  expiryOf: [parameters, unsigned64],
  dateOfSlot: [parameters, unsigned64],
  slotOfDate: [parameters, date],
  hasDates: [parameters],
  epochParametersOf: [oneText('mainnet')],
  epochParametersOfGenesis: [fileOf(epochGenesis).parsed],
  epochOfSlot: [epochs, unsigned64],
};

const headers: Record<string, Row> = {
  issueCertificate: [coldKey, given(() => ({ ...body }))],
  verifyCertificate: [given(() => certificate), key32],
  poolIdOf: [key32],
  hexOf: [someBytes(8)],
  bytesOfHex: [text('00ff')],
  'new HeaderItems': [
    kind(
      'offset',
      () => 0,
      (_, value) => value === undefined || isUnsigned(value),
    ),
  ],
  'HeaderItems#add': [oneByte],
  headerItems: [oneByte],
  parseHeader: { args: [header], refuses: true },
  verifyHeader: [header, parameters, withNonce],
  verifyDatabase: [path(), parameters, optionsOf({ onFinding: () => undefined })],
  'new HeaderVerifier': [parameters, optionsOf({ wanted: () => true })],
  'HeaderVerifier#verify': [header, withNonce],
  'new EpochNonces': [
    epochs,
    kind(
      'state',
      () => new EpochNonces(epochParametersOf('preview')).state,
      (_, value) => value === undefined,
    ),
  ],
  'EpochNonces#add': [
    given(() => ({
      shape: 'TPraos',
      era: 2,
      slot: 1n,
      previousHash: undefined,
      vrf: { nonce: { output: secret(64) } },
    })),
  ],
  'EpochNonces#nonceAt': [unsigned64],
  vrfInputOf: [unsigned64, key32],
  isBlockHeaderBody: [bytes(() => Uint8Array.of(0x80))],
  verdictJson: [given(() => verifyHeader('80', mainnet))],
};

const dmqRequest = {
  parameters: mainnet,
  body: Uint8Array.of(1, 2, 3),
  period: startPeriod,
  expiresAt: 1_700_000_000,
  certificate,
  coldVerificationKey,
};
const dmqKey = keyOf(sum6Kes);
const dmqMessage = await signDmqMessage(dmqRequest, (payload) => dmqKey.sign(payload));
dmqKey.release();
const dmqBytes = bytes(() => dmqMessage.bytes);
const dmq: Record<string, Row> = {
  parseDmqMessage: [dmqBytes],
  verifyDmqMessage: [dmqBytes, given(() => ({ parameters: mainnet, now: 0 }))],
  signDmqMessage: [
    slowly(given(() => ({ ...dmqRequest }))),
    fn(() => () => dmqMessage.kesSignature),
  ],
};

const anyOf = (size: number) => bytes(() => new Uint8Array(size));
const depth = integer(3, 0, 20);
const verifyDsign = kind('ed25519 of kes-verify', () => verify.ed25519);
const vrfVerification = (proofSize: number) => [
  bytes(() => vrfParts.verificationKey),
  message,
  anyOf(proofSize),
];
/** Where the arguments of kes-verify are not those of its namesake. */
const kesVerify: Record<string, Row> = {
  'kes-verify ed25519.verify': [anyOf(32), message, anyOf(64)],
  'kes-verify sumKesOfDepth': [verifyDsign, depth],
  'kes-verify compactSumKesOfDepth': [verifyDsign, depth],
  'kes-verify KesVerifier#verify': [
    anyOf(32),
    anyInteger,
    message,
    anyOf(verify.sum2Kes.signatureSize),
  ],
  'kes-verify praosVrf.verify': vrfVerification(verify.praosVrf.proofSize),
  'kes-verify praosBatchCompatVrf.verify': vrfVerification(verify.praosBatchCompatVrf.proofSize),
};

const items = (HeaderItemsClass: new () => object) => kind('items', () => new HeaderItemsClass());

export const cardanoReceivers: Record<string, Kind> = {
  HeaderItems: items(HeaderItems),
  HeaderVerifier: kind('verifier', () => new HeaderVerifier(mainnet)),
  'kes-verify HeaderVerifier': kind(
    'verifier of kes-verify',
    () => new verify.HeaderVerifier(mainnet),
  ),
  EpochNonces: kind('nonces', () => new EpochNonces(epochParametersOf('preview'))),
  'kes-verify HeaderItems': items(verify.HeaderItems),
  'kes-verify KesVerifier': kind('algorithm of kes-verify', () => verify.sum2Kes),
};

export const cardano = { ...files, ...periods, ...headers, ...dmq, ...kesVerify };

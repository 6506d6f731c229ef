// The arguments of the functions of cardano-headers, cardano-kes, cardano-dmq, of the verifier of sealed-log, and of
// kes-verify, which has namesakes of many of the others.
import { signDmqMessage } from '@evolock/cardano-dmq';
import {
  absolutePeriod,
  certificateVerdict,
  HeaderItems,
  mainnet,
  slot,
  verifyHeader,
} from '@evolock/cardano-headers';
import { certificateLife } from '@evolock/cardano-headers/certificates';
import { EpochNonces, epochParametersOf } from '@evolock/cardano-headers/nonces';
import {
  certificateRequestText,
  issueCertificate,
  writeColdSigningKey,
  writeCounter,
  writeKesSigningKey,
  writeVrfSigningKey,
} from '@evolock/cardano-kes';
import { ed25519, sum6Kes } from '@evolock/kes-sum';
import * as verify from '@evolock/kes-verify';
import { verifyEntryProof, verifySealedLog } from '@evolock/sealed-log/verify';
import { writeFileSync } from 'node:fs';
import { types } from 'node:util';
import { newPath, path, readable } from '../arguments/files-and-sockets.js';
import * as arg from '../arguments/kinds.js';
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
const unsigned64 = arg.kind(
  'number of 64 bits',
  () => 500n,
  (value) => (typeof value === 'bigint' ? value >= 0n : isUnsigned(value)),
);
const parameters = arg.kind('parameters', () => mainnet);
const epochs = arg.kind('epoch parameters', () => epochParametersOf('preview'));
const date = arg.kind(
  'date',
  () => new Date('2026-01-01'),
  (value) => types.isDate(value),
);
/** There is a verdict for any arg.bytes and any arg.text. */
const header = arg.kind(
  'header bytes',
  () => Uint8Array.of(0x80),
  (value) => arg.isGenuine(value) || typeof value === 'string',
);
const oneByte = arg.bytes(() => Uint8Array.of(1));
const verdictOptions = arg.optionsOf({ epochNonce: secret(32), now: new Date(0) });
const writing = arg.optionsOf({ replace: true });

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

/** The arg.bytes of a file, and its path. */
function fileOf(content: object) {
  const json = JSON.stringify({ description: '', ...content });
  return {
    parsed: arg.bytes(() => new TextEncoder().encode(json)),
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
const certificateRequest = {
  time: new Date(0),
  kesVerificationKey: hotVerificationKey,
  startPeriod,
  parameters: mainnet,
  coldVerificationKey,
  onChain: 7n,
  replaces: body,
};
const requestFile = arg.bytes(() =>
  new TextEncoder().encode(certificateRequestText(certificateRequest)),
);
const counterFile = path((to) => writeCounter(to, counter));

const files: Record<string, arg.Row> = {
  readKesSigningKey: [
    path((to) => within(keyOf(sum6Kes), (key) => writeKesSigningKey(to, key))),
    arg.allocation,
  ],
  writeKesSigningKey: [path(), arg.locked('sum6', () => keyOf(sum6Kes)), arg.allocation],
  readColdSigningKey: [
    path((to) => within(keyOf(ed25519), (key) => writeColdSigningKey(to, key))),
    arg.allocation,
  ],
  writeColdSigningKey: [path(), arg.edKey, arg.allocation],
  readVrfSigningKey: [
    path((to) => within(newVrfKey(), (key) => writeVrfSigningKey(to, key))),
    arg.allocation,
  ],
  writeVrfSigningKey: [path(), arg.vrfKey, arg.allocation],
  readVerificationKey: [arg.oneText('kes'), kesKeyFile.path],
  writeVerificationKey: [arg.oneText('kes'), path(), arg.key32, writing],
  parseVerificationKey: [arg.oneText('kes'), kesKeyFile.parsed],
  inspectEnvelope: [kesKeyFile.path],
  inspectEnvelopeText: [kesKeyFile.parsed],
  isEvolvedType: [arg.text('KesSigningKey_ed25519_kes_2^6')],
  looksLikeKeyText: [arg.text('cold.vkey')],
  readPublicStart: [readable],
  leftoversOf: [path()],
  eraseLeftovers: [path()],
  withLockFile: [path(), arg.fn()],
  identityOfFile: [path((to) => writeFileSync(to, ''))],
  readCertificate: [certificateFile.path],
  parseCertificate: [certificateFile.parsed],
  readCounter: [counterFile],
  readReservation: [counterFile],
  parseCounter: [envelope('NodeOperationalCertificateIssueCounter', `8207${item}`).parsed],
  certificateRequestText: [arg.given(() => ({ ...certificateRequest }))],
  parseCertificateRequest: [requestFile],
  writeCounter: [path(), arg.given(() => ({ ...counter })), writing],
  issueToFile: [
    path(),
    arg.kind('request', (call) => ({
      ...body,
      coldKey: call.keep(keyOf(ed25519)),
      counterPath: writtenCounter(),
    })),
    writing,
  ],
  issueToFileWithSigner: [
    path(),
    arg.given(() => ({ ...body, coldVerificationKey, counterPath: writtenCounter() })),
    arg.fn(() => (given: Uint8Array) => within(keyOf(ed25519), (key) => key.sign(given))),
    writing,
  ],
};

const periods: Record<string, arg.Row> = {
  slot: [unsigned64],
  absolutePeriod: [unsigned64],
  kesParameters: [arg.given(() => ({ slotsPerKesPeriod: 1, maxKesEvolutions: 1 }))],
  networkNamed: [arg.oneText('mainnet')],
  parametersOfGenesis: [fileOf(genesis).parsed, arg.optionsOf({})],
  evolutionLimit: [parameters],
  periodOfDate: [parameters, date],
  periodOfSlot: [parameters, unsigned64],
  firstSlotOfPeriod: [parameters, unsigned64],
  evolutionOf: [parameters, unsigned64, unsigned64],
  expiryOf: [parameters, unsigned64],
  certificateLife: [parameters, unsigned64, unsigned64],
  dateOfSlot: [parameters, unsigned64],
  slotOfDate: [parameters, date],
  hasDates: [parameters],
  epochParametersOf: [arg.oneText('mainnet')],
  epochParametersOfGenesis: [fileOf(epochGenesis).parsed],
  epochOfSlot: [epochs, unsigned64],
};

const forged = certificateVerdict(certificate, hotVerificationKey);
const verdict = arg.given(() => ({ ...forged }));
const life = certificateLife(mainnet, startPeriod, slot(134_402_628n));
const numberFacts = arg.optionsOf({ onChain: 7n, inUse: 7n, next: 8n });

const headers: Record<string, arg.Row> = {
  issueCertificate: [arg.coldKey, arg.given(() => ({ ...body }))],
  certificateVerdict: [arg.given(() => certificate), arg.key32],
  poolIdHexOf: [arg.key32],
  poolIdOf: [arg.key32],
  hexOf: [arg.someBytes(8)],
  bytesOfHex: [arg.text('00ff')],
  'new HeaderItems': [
    arg.kind(
      'offset',
      () => 0,
      (value) => value === undefined || isUnsigned(value),
    ),
  ],
  'HeaderItems#add': [oneByte],
  headerItems: [oneByte],
  parseHeader: { args: [header], refuses: true },
  verifyHeader: [header, parameters, verdictOptions],
  'nativeHeaders.parseHeader': { args: [header], refuses: true },
  'nativeHeaders.verifyHeader': [header, parameters, verdictOptions],
  'nativeHeaders.headerVerifier': [parameters, arg.optionsOf({ wanted: () => true })],
  'nativeHeaders.certificateVerdict': [arg.given(() => certificate), arg.key32],
  'nativeHeaders.poolIdOf': [arg.key32],
  numberVerdict: [unsigned64, numberFacts],
  describeNumber: [unsigned64, numberFacts, arg.optionsOf({ onChain: 'the node says that ' })],
  describeCounter: [unsigned64, unsigned64],
  describeCertificate: [
    verdict,
    arg.kind(
      'life',
      () => life,
      (value) => value === undefined,
    ),
  ],
  describeSignature: [verdict],
  describeLife: [arg.given(() => ({ ...life }))],
  certificateVerdictJson: [
    arg.given(() => ({ certificate, coldVerificationKey, verdict: { ...forged }, life })),
  ],
  verifyDatabase: [
    path(),
    parameters,
    arg.optionsOf({ onFinding: () => undefined, now: new Date(0) }),
  ],
  headerVerifier: [parameters, arg.optionsOf({ wanted: () => true })],
  'headerVerifier.verify': [header, verdictOptions],
  'new EpochNonces': [
    epochs,
    arg.kind(
      'state',
      () => new EpochNonces(epochParametersOf('preview')).state,
      (value) => value === undefined,
    ),
    arg.optionsOf({}),
  ],
  'EpochNonces#add': [
    arg.given(() => ({
      shape: 'TPraos',
      era: 2,
      slot: 1n,
      previousHash: undefined,
      vrf: { nonce: { output: secret(64) } },
    })),
  ],
  'EpochNonces#nonceAt': [unsigned64],
  vrfInputOf: [unsigned64, arg.key32],
  isBlockHeaderBody: [arg.bytes(() => Uint8Array.of(0x80))],
  verdictJson: [arg.given(() => verifyHeader('80', mainnet))],
  describeVerdict: [arg.given(() => verifyHeader('80', mainnet))],
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
const dmqBytes = arg.bytes(() => dmqMessage.bytes);
const dmq: Record<string, arg.Row> = {
  parseDmqMessage: [dmqBytes],
  verifyDmqMessage: [dmqBytes, arg.required(() => ({ parameters: mainnet, now: new Date(0) }))],
  signDmqMessage: [
    arg.slowly(arg.given(() => ({ ...dmqRequest }))),
    arg.fn(() => () => dmqMessage.kesSignature),
  ],
};

const anyOf = (size: number) => arg.bytes(() => new Uint8Array(size));
const depth = arg.integer(3, 0, 20);
const verifyDsign = arg.kind('ed25519 of kes-verify', () => verify.ed25519);
const vrfVerification = (proofSize: number) => [
  arg.bytes(() => vrfParts.verificationKey),
  arg.message,
  anyOf(proofSize),
];
const kesVerifySum2 = verify.sumKesOfDepth(2);

/** Where the arguments of kes-verify are not those of its namesake. */
const kesVerify: Record<string, arg.Row> = {
  'kes-verify ed25519.verify': [anyOf(32), arg.message, anyOf(64)],
  'kes-verify sumKesOfDepth': [depth, arg.optional(verifyDsign)],
  'kes-verify compactSumKesOfDepth': [depth, arg.optional(verifyDsign)],
  'kes-verify singleKes': [verifyDsign],
  'kes-verify compactSingleKes': [verifyDsign],
  'kes-verify sumKes': [arg.kind('inner of kes-verify', () => kesVerifySum2)],
  'kes-verify compactSumKes': [arg.kind('compact inner', () => verify.compactSumKesOfDepth(2))],
  'kes-verify verifyMany': [arg.kesAlgorithm, arg.verifications],
  'kes-verify KesVerifier#verify': [
    anyOf(32),
    arg.anyInteger,
    arg.message,
    anyOf(kesVerifySum2.signatureSize),
  ],
  'kes-verify praosVrf.verify': vrfVerification(verify.praosVrf.proofSize),
  'kes-verify praosBatchCompatVrf.verify': vrfVerification(verify.praosBatchCompatVrf.proofSize),
};

const verifierKey =
  'example.com/one-key+d1081633+/2V2b2xvY2stc2VhbC92MQMAAAAAAAAAAMasqnh2E6pynvHBGA9OYm3/XBGxr7AhOCJaCZe9y5Ef';
const log = { verifierKey, files: [], seals: new Uint8Array(0) };
const noSeal = await verifySealedLog(log);
const emptyProof = { verifierKey, entry: new Uint8Array(0), proof: '' };
/** A log without a seal is invalid, which is a verdict. */
const sealedLog: Record<string, arg.Row> = {
  countOlderFiles: [arg.slowly(arg.fn(() => () => ({ files: [] })))],
  findFirstEntry: [arg.slowly(arg.fn(() => () => ({ files: [] })))],
  entryDifferences: [arg.slowly(arg.fn(() => () => log))],
  verifySealedLog: [arg.slowly(arg.required(() => log))],
  proveEntry: [arg.slowly(arg.required(() => ({ ...log, entry: 0 })))],
  verifyEntryProof: [arg.required(() => emptyProof)],
  readWitnessPolicy: [arg.bytes(() => Buffer.from('quorum none\n'), 12)],
  'sealed-log describeVerdict': [arg.given(() => noSeal), arg.optionsOf({}, 'files', 'seals')],
  'sealed-log verdictJson': [arg.given(() => noSeal), arg.optionsOf({}, 'files', 'seals')],
  'sealed-log proofJson': [arg.given(() => verifyEntryProof(emptyProof))],
  'sealed-log describeProof': [arg.given(() => verifyEntryProof(emptyProof))],
};

export const cardanoReceivers: Record<string, arg.Kind> = {
  HeaderItems: arg.kind('items', () => new HeaderItems()),
  EpochNonces: arg.kind('nonces', () => new EpochNonces(epochParametersOf('preview'))),
  'kes-verify KesVerifier': arg.kind('algorithm of kes-verify', () => kesVerifySum2),
};

export const cardano = { ...files, ...periods, ...headers, ...dmq, ...kesVerify, ...sealedLog };

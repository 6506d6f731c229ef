import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, errorOf } from '@evolock/test-support';
import { extendedKeyVectors, type ExtendedKeyVector } from '@evolock/test-vectors';
import { bech32 } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  absolutePeriod,
  kesParameters,
  mainnet,
  poolIdHexOf,
  poolIdOf,
  preview,
  certificateVerdict,
} from '@evolock/cardano-headers';
import { parseCertificate } from '@evolock/cardano-headers/certificates';
import {
  certificateRequestText,
  issueCertificate,
  parseCertificateRequest,
  readCertificate,
  readColdSigningKey,
  readVerificationKey,
} from '../../src/all.js';
import { certificateMessage } from '@evolock/cardano-headers/files';
import { certificateText } from '../../src/files/certificate-files.js';
import { envelopeText, externalEnvelopes, fileOf, folder } from '../support/files.js';
import { coldKey, hexOf } from '../support/keys.js';

const LAST = 2n ** 64n - 1n;
/** Numbers on both sides of each change of the encoding. */
const edges = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53].map(BigInt);
const anyNumber = fc.oneof(fc.constantFrom(...edges, LAST), fc.bigInt({ min: 0n, max: LAST }));
const anyBody = fc.record({
  hotVerificationKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  sequenceNumber: anyNumber,
  startPeriod: anyNumber.map(absolutePeriod),
});

/** The vector of an extended key whose message has the size of a certificate's: any 48 bytes are one. */
function oracleCertificate(): ExtendedKeyVector {
  const vector = extendedKeyVectors().find(({ message }) => message.byteLength === 48);
  if (vector === undefined) throw new Error('there is no vector of 48 bytes');
  return vector;
}

describe('a certificate', () => {
  test('is signed over 48 bytes: key, number and period, big endian, not CBOR', () => {
    const hotVerificationKey = new Uint8Array(32).fill(0xab);
    const message = certificateMessage({
      hotVerificationKey,
      sequenceNumber: 0x0102n,
      startPeriod: absolutePeriod(0x03_0405),
    });
    expect(hexOf(message)).toBe(`${'ab'.repeat(32)}00000000000001020000000000030405`);
  });

  test('verifies with its cold key, round-trips through a file, and fails with any change', () => {
    const cold = coldKey();
    const coldVerificationKey = cold.deriveVerificationKey();
    const other = coldKey(10).deriveVerificationKey();
    const path = join(folder(), 'node.cert');
    fc.assert(
      fc.property(anyBody, fc.nat(63), (body, at) => {
        const certificate = issueCertificate(cold, body);
        const message = 'the certificate is not signed by the cold key';
        const wrong = { result: 'invalid', valid: false, reason: 'wrong-signature', message };
        expect(certificateVerdict(certificate, coldVerificationKey)).toEqual({
          result: 'valid',
          valid: true,
        });
        expect(certificateVerdict(certificate, other)).toEqual(wrong);
        const signature = Uint8Array.from(certificate.signature);
        signature[at]! ^= 1;
        const sequenceNumber = certificate.sequenceNumber ^ 1n;
        const startPeriod = absolutePeriod(certificate.startPeriod ^ 1n);
        for (const change of [{ signature }, { sequenceNumber }, { startPeriod }])
          expect(certificateVerdict({ ...certificate, ...change }, coldVerificationKey)).toEqual(
            wrong,
          );
        writeFileSync(path, certificateText({ certificate, coldVerificationKey }));
        expect(readCertificate(path)).toEqual({
          certificate,
          coldVerificationKey,
          description: '',
        });
        expect(parseCertificate(readFileSync(path))).toEqual(readCertificate(path));
      }),
      { numRuns: 40 },
    );
  });

  test('of an extended cold key has the signature of the oracle', () => {
    const { name, message, signature, verificationKey, ...vector } = oracleCertificate();
    const hex = `5880${hexOf(vector.extendedKey)}${hexOf(verificationKey)}${'07'.repeat(32)}`;
    for (const owner of ['StakePool', 'GenesisDelegate']) {
      const type = `${owner}ExtendedSigningKey_ed25519_bip32`;
      const path = fileOf(envelopeText(type, hex));
      using cold = readColdSigningKey(path).signingKey;
      const view = Buffer.from(message);
      const certificate = issueCertificate(cold, {
        hotVerificationKey: message.slice(0, 32),
        sequenceNumber: view.readBigUInt64BE(32),
        startPeriod: absolutePeriod(view.readBigUInt64BE(40)),
      });
      expect(certificate.signature, name).toEqual(signature);
      expect(certificateVerdict(certificate, verificationKey)).toEqual({
        result: 'valid',
        valid: true,
      });
    }
  });

  test('of the pre-launch form is refused and recognised', () => {
    const cold = coldKey();
    // 83: an array of three; 1864: 100; 190190: 400.
    const hotVerificationKey = new Uint8Array(32).fill(7);
    const cbor = Buffer.from(`835820${hexOf(hotVerificationKey)}1864190190`, 'hex');
    const certificate = {
      hotVerificationKey,
      sequenceNumber: 100n,
      startPeriod: absolutePeriod(400),
      signature: cold.sign(cbor),
    };
    expect(certificateVerdict(certificate, cold.deriveVerificationKey())).toMatchObject({
      valid: false,
      reason: 'pre-launch-form',
    });
  });
});

describe('the file of a certificate is refused', () => {
  const cold = '00'.repeat(32);
  const fields = `5820${'11'.repeat(32)}00005840${'22'.repeat(64)}`;
  const key = '11'.repeat(32);
  /** 2^64, in nine bytes under the tag of large numbers. */
  const beyond = 'c249010000000000000000';
  const right = `8284${fields}5820${cold}`;
  const parse = (cborHex: string) =>
    parseCertificate(envelopeText('NodeOperationalCertificate', cborHex));

  test('never when it is right', () => {
    expect(parse(right).certificate).toMatchObject({ sequenceNumber: 0n, startPeriod: 0n });
  });

  test.each([
    ['a byte after it', `${right}00`],
    ['a byte missing', right.slice(0, -2)],
    ['an array of indefinite length', `9f84${fields}5820${cold}ff`],
    ['a longer head', right.replace('8284', '829804')],
    ['a longer number', right.replace(`${key}00`, `${key}1800`)],
    ['a negative number', right.replace(`${key}00`, `${key}20`)],
    ['a number of floating point', right.replace(`${key}00`, `${key}f90000`)],
    ['a number of 2^64', right.replace(`${key}00`, `${key}${beyond}`)],
    ['a period of 2^64', right.replace(`${key}0000`, `${key}00${beyond}`)],
    ['a tag', `d864${right}`],
    ['text instead of bytes', right.replace(`5820${cold}`, `7820${cold}`)],
    ['a cold key of 31 bytes', right.replace(`5820${cold}`, `581f${cold.slice(2)}`)],
    ['no cold key', `8184${fields}`],
    ['a flat array, as in headers', `84${fields}`],
    ['no bytes', ''],
  ])('%s', (_name, cborHex) => {
    expect(errorOf(() => parse(cborHex))).toMatchObject({
      code: 'ERR_EVOLOCK_CARDANO_ENVELOPE',
      problem: 'wrong-cbor',
    });
  });
});

test('the identity of a pool is the Blake2b-224 hash of its key, not a shortened Blake2b-256 hash', () => {
  const text = poolIdOf(new Uint8Array(32));
  const hex = poolIdHexOf(new Uint8Array(32));
  // By Python's hashlib.blake2b(bytes(32), digest_size=28).
  expect(hex).toBe('f9dca21a6c826ec8acb4cf395cbc24351937bfe6560b2683ab8b415f');
  expect(bech32.decodeToBytes(text)).toEqual({
    prefix: 'pool',
    words: expect.anything(),
    bytes: new Uint8Array(Buffer.from(hex, 'hex')),
  });
});

const certificates = externalEnvelopes(
  'cardano-cli/opcert.cert',
  'kes-agent/opcert.cert',
  'pycardano-local-chang/opcert.cert',
);
test.each(certificates)(
  'a certificate of cardano-cli is written again with the same text: %s',
  (path) => {
    const file = readCertificate(path);
    const verdict = certificateVerdict(file.certificate, file.coldVerificationKey);
    // The certificate in cardano-cli/ is older than mainnet.
    expect(verdict).toMatchObject(
      path.includes('cardano-cli') ? { valid: false, reason: 'pre-launch-form' } : { valid: true },
    );
    const text = new TextDecoder().decode(certificateText(file));
    expect(text.trim()).toBe(readFileSync(path, 'utf8').trim());
  },
);

const coldKeys = externalEnvelopes('kes-agent/cold.vkey', 'pycardano-local-chang/cold.vkey');
test.each(coldKeys)(
  'the file of a cold key contains the cold key of its certificate: %s',
  (path) => {
    const { coldVerificationKey } = readCertificate(path.replace('cold.vkey', 'opcert.cert'));
    const { verificationKey, type } = readVerificationKey('cold', path);
    expect(verificationKey).toEqual(coldVerificationKey);
    expect(type).toMatch(/^(StakePool|GenesisDelegate)VerificationKey_ed25519$/);
  },
);

test('a request round-trips through its text, and states the numbers of another network as it does', () => {
  const own = kesParameters({ ...mainnet, name: 'own', babbageSlot: undefined });
  const requests = fc.record({
    time: fc.date({ noInvalidDate: true, min: new Date(0) }),
    kesVerificationKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    startPeriod: anyNumber.map(absolutePeriod),
    parameters: fc.constantFrom(mainnet, preview, own),
    coldVerificationKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    onChain: fc.constantFrom(undefined, 'none' as const, 0n, LAST),
    replaces: fc.option(
      fc.record({ sequenceNumber: anyNumber, startPeriod: anyNumber.map(absolutePeriod) }),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(requests, (request) => {
      expect(parseCertificateRequest(certificateRequestText(request))).toEqual(request);
    }),
  );
  const [request] = fc.sample(
    requests.map((one) => ({ ...one, parameters: own })),
    1,
  );
  const text = certificateRequestText(request!);
  const damaged = [
    ...['"0x1FA40"', '" 129600 "', '129600', '""'].map((slots) => text.replace('"129600"', slots)),
    ...[null, false, 0, ''].map((replaces) => JSON.stringify({ ...JSON.parse(text), replaces })),
    text.replace('"anchor"', '"other"'),
  ];
  for (const each of damaged)
    expect(
      errorOf(() => parseCertificateRequest(each)),
      each,
    ).toMatchObject({ code: 'ERR_EVOLOCK_CARDANO_REQUEST', reason: 'damaged-request' });
  const undated = { ...own, anchor: undefined };
  for (const wrong of [{ parameters: undated }, { replaces: null }, { replaces: false }])
    expect(codeOf(() => certificateRequestText({ ...request!, ...(wrong as object) }))).toMatch(
      /^ERR_EVOLOCK_ARGUMENT_/,
    );
});

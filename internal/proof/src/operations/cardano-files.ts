import { closeSync, openSync, readSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { absolutePeriod } from '@evolock/cardano-headers';
import {
  inspectEnvelope,
  issueCertificate,
  issueToFile,
  readColdSigningKey,
  readKesSigningKey,
  readPublicStart,
  readVrfSigningKey,
  writeColdSigningKey,
  writeCounter,
  writeKesSigningKey,
  writeVrfSigningKey,
} from '@evolock/cardano-kes';
import { type ExtendedSigningKey } from '@evolock/cardano-kes/all';
import { directSerialiseToChecked } from '@evolock/direct-serialise';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { MLockedBytes } from '@evolock/kes-sum/all';
import { extendedKey, keyAt, liveKey, released, type Expectation } from '../secrets/expectation.js';
import { keyOf } from './kes.js';
import { extendedKeyOf, leafKeyOf, vrfKeyOf } from './leaf-keys.js';
import { holds, layer, refused, type Operation, type Subject } from './operation.js';

const PERIOD = 37;
const replace = true;
const visited = [0, PERIOD - 1];
const live = keyAt({ depth: 6, period: PERIOD, visited });
const evolved = keyAt({ depth: 6, period: PERIOD + 1, visited: [...visited, PERIOD] });

/** What a certificate is issued for. */
const request = { hotVerificationKey: new Uint8Array(32), startPeriod: absolutePeriod(400) };

const operation = layer('Cardano files');

/** Operations of a key that was written to a file. */
const withWritten =
  <Key>(
    file: string,
    keyOfSubject: (subject: Subject) => Key,
    write: (path: string, key: Key) => void,
  ) =>
  (name: string, expects: Expectation, run: (key: Key, path: string) => unknown) =>
    operation(name, expects, (subject) => {
      const key = keyOfSubject(subject);
      const path = join(subject.folder, file);
      write(path, key);
      return run(key, path);
    });

const withKey = withWritten(
  'kes.skey',
  (subject) => keyOf(sum6Kes, subject),
  (path, key: KesSigningKey) => {
    key.updateTo(PERIOD);
    writeKesSigningKey(path, key, { replace });
  },
);
const withColdKey = withWritten('cold.skey', leafKeyOf, (path, key) =>
  writeColdSigningKey(path, key, { replace }),
);
const withVrfKey = withWritten(
  'vrf.skey',
  (subject) => vrfKeyOf(subject),
  (path, key) => writeVrfSigningKey(path, key, { replace }),
);

const EXTENDED_SIZE = 128;
/** Bytes of the chain code, with which an extended key ends. The verification key stands before it. */
const CHAIN_CODE_SIZE = 32;
const DIGITS = Buffer.from('0123456789abcdef');

/** Writes the file of an extended cold key, as a wallet does. The digits are made in locked memory. */
function writeExtendedKey(path: string, key: ExtendedSigningKey): void {
  const digits = MLockedBytes.newZeroed(2 * EXTENDED_SIZE);
  const fd = openSync(path, 'w', 0o600);
  try {
    digits.withBytes((text) => {
      const encode = (offset: number, block: Uint8Array) => {
        for (let index = 0; index < block.byteLength; index += 1) {
          text[2 * (offset + index)] = DIGITS[block[index]! >> 4]!;
          text[2 * (offset + index) + 1] = DIGITS[block[index]! & 15]!;
        }
      };
      directSerialiseToChecked(encode, EXTENDED_SIZE, key);
      writeSync(fd, '{"type":"StakePoolExtendedSigningKey_ed25519_bip32","description":"",');
      writeSync(fd, '"cborHex":"5880');
      writeSync(fd, text);
      writeSync(fd, '"}');
    });
  } finally {
    closeSync(fd);
    digits.release();
  }
}

const withExtendedKey = withWritten('extended.skey', extendedKeyOf, writeExtendedKey);

/** Replaces one hexadecimal digit of a file, by a letter or, when it is public, by another digit. */
function replaceDigit(path: string, fromTheEnd: number, isPublic = false): void {
  const fd = openSync(path, 'r+');
  const position = statSync(path).size - fromTheEnd;
  const digit = new Uint8Array(1);
  if (isPublic) readSync(fd, digit, { position });
  const other = digit[0] === DIGITS[0] ? '1' : '0';
  writeSync(fd, isPublic ? other : 'z', position);
  closeSync(fd);
}

/** Whether a file holds only zeros. It reads one byte at a time, because the file may hold a key. */
function isErased(fd: number): boolean {
  const byte = new Uint8Array(1);
  while (readSync(fd, byte) === 1) if (byte[0] !== 0) return false;
  return true;
}

/** Reads and writes of signing keys in Cardano key files. */
export const cardanoFileOperations: readonly Operation[] = [
  withKey('a KES signing key, written', live, (key) => key),
  withKey('a KES signing key, written and read', live, (key, path) => [
    key,
    readKesSigningKey(path).signingKey,
  ]),
  withKey('a KES signing key in the Rust layout, written and read', live, (key, path) => {
    writeKesSigningKey(path, key, { layout: 'rust', replace });
    return [key, readKesSigningKey(path).signingKey];
  }),
  withKey('a KES signing key, written, read, and all released', released(live), (key, path) => {
    readKesSigningKey(path).signingKey.release();
    key.release();
  }),
  withKey('a KES signing key, evolved in its file', evolved, (key, path) => {
    key.release();
    const old = openSync(path, 'r');
    const { signingKey } = readKesSigningKey(path);
    signingKey.update();
    writeKesSigningKey(path, signingKey, { replace });
    if (!isErased(old)) throw new Error('the old file content was not erased');
    closeSync(old);
    return signingKey;
  }),
  withKey('a file of a KES signing key, inspected', live, (key, path) => {
    inspectEnvelope(path);
    return key;
  }),
  withKey('a file of a KES signing key, given for something public', live, (key, path) => {
    const descriptor = openSync(path, 'r');
    holds(readPublicStart(descriptor).bytes === undefined, 'a key is not copied');
    closeSync(descriptor);
    return key;
  }),
  withKey('a file that is cut off', live, (key, path) => {
    truncateSync(path, statSync(path).size - 5);
    refused('ERR_EVOLOCK_CARDANO_ENVELOPE', () => readKesSigningKey(path));
    return key;
  }),
  withKey('a file with a letter among its digits', live, (key, path) => {
    replaceDigit(path, 10);
    refused('ERR_EVOLOCK_CARDANO_ENVELOPE', () => readKesSigningKey(path));
    return key;
  }),
  withKey('a KES signing key, read for a cold one', live, (key, path) => {
    refused('ERR_EVOLOCK_CARDANO_ENVELOPE', () => readColdSigningKey(path));
    return key;
  }),
  withKey('a KES signing key, written to where nothing can be', live, (key, path) => {
    refused('ERR_EVOLOCK_IO_FILE', () => writeKesSigningKey(join(path, 'kes.skey'), key));
    refused('ERR_EVOLOCK_IO_FILE', () => writeKesSigningKey(path, key));
    return key;
  }),
  withColdKey('a cold key, written and read', liveKey(false), (key, path) => [
    key,
    readColdSigningKey(path).signingKey,
  ]),
  withVrfKey('a VRF key, written and read', liveKey(false), (key, path) => [
    key,
    readVrfSigningKey(path).signingKey,
  ]),
  withVrfKey(
    'a VRF key, written, read, and all released',
    released(liveKey(false)),
    (key, path) => {
      readVrfSigningKey(path).signingKey.release();
      key.release();
    },
  ),
  withVrfKey('a VRF key, read for a cold one', liveKey(false), (key, path) => {
    refused('ERR_EVOLOCK_CARDANO_ENVELOPE', () => readColdSigningKey(path));
    return key;
  }),
  withColdKey('a cold key, read to issue a certificate', liveKey(false), (key, path) => {
    const counterPath = `${path}.counter`;
    rmSync(counterPath, { force: true });
    writeCounter(counterPath, { next: 0n, coldVerificationKey: key.deriveVerificationKey() });
    const coldKey = readColdSigningKey(path).signingKey;
    issueCertificate(coldKey, { ...request, sequenceNumber: 0n });
    issueToFile(`${path}.cert`, { ...request, coldKey, counterPath }, { replace });
    return [key, coldKey];
  }),
  withExtendedKey('an extended cold key, read to issue a certificate', extendedKey, (key, path) => {
    const coldKey = readColdSigningKey(path).signingKey;
    issueCertificate(coldKey, { ...request, sequenceNumber: 0n });
    return [key, coldKey];
  }),
  withExtendedKey(
    'a file of an extended cold key with another verification key',
    released(extendedKey),
    (key, path) => {
      key.release();
      replaceDigit(path, '"}'.length + 2 * CHAIN_CODE_SIZE + 1, true);
      refused('ERR_EVOLOCK_VRF_INCONSISTENT_KEY', () => readColdSigningKey(path));
    },
  ),
];

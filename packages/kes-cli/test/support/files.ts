/** Files of tests: envelopes, keys, counters and certificates, all of public seeds. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { absolutePeriod, hexOf } from '@evolock/cardano-headers';
import {
  issueCertificate,
  readKesSigningKey,
  writeColdSigningKey,
  writeVerificationKey,
  writeCounter,
  writeKesSigningKey,
} from '@evolock/cardano-kes';
import { encodeItem } from '@evolock/cardano-headers/cbor';
import { ed25519, MLockedSeed, sum6Kes, sum7Kes } from '@evolock/kes-sum';
import { extendedKeyVectors } from '@evolock/test-vectors';
import { inFolder } from '@evolock/command-testing/folder';
import { seedOf } from './own-header.js';

export interface Envelope {
  readonly type: string;
  readonly description: string;
  readonly cborHex: string;
}

export function envelopeIn(path: string): Envelope {
  return JSON.parse(readFileSync(path, 'utf8')) as Envelope;
}

export function envelopeText(type: string, cborHex: string): string {
  return JSON.stringify({ type, description: '', cborHex }, undefined, 4);
}

/** A public seed for tests: 0, 1, 2, … */
export function testSeed(): Uint8Array & { readonly length: 32 } {
  return new Uint8Array(32).map((_, index) => index) as Uint8Array & { readonly length: 32 };
}

/** Writes the key of the test seed to a file, and returns its verification key. */
export function makeKey(path: string, period = 0): Uint8Array {
  return makeKeyOf(testSeed(), path, period);
}

export function makeOtherKey(path: string): void {
  makeKeyOf(testSeed().map((byte) => byte + 1) as ReturnType<typeof testSeed>, path, 0);
}

/** Writes a key of depth 7 to a file, as older software makes them, and returns its verification key. */
export function makeKeyOfDepth7(path: string, period = 0): Uint8Array {
  return makeKeyOf(testSeed(), path, period, sum7Kes);
}

/** The period of a sound key with that verification key. Throws for any other file. */
export function periodOf(path: string, verificationKey: Uint8Array): number {
  using signingKey = readKesSigningKey(path, { verificationKey }).signingKey;
  return signingKey.period;
}

function makeKeyOf(
  bytes: ReturnType<typeof testSeed>,
  path: string,
  period: number,
  algorithm: typeof sum6Kes | typeof sum7Kes = sum6Kes,
): Uint8Array {
  using seed = MLockedSeed.fromBytes(bytes);
  using signingKey = algorithm.generateKey(seed);
  signingKey.updateTo(period);
  writeKesSigningKey(path, signingKey, { replace: true });
  return signingKey.deriveVerificationKey();
}

/** Writes a cold key to a folder: `cold.skey`, `cold.vkey`, and `cold.counter`, whose next number is 3. */
export function makeColdKey(folder: string, next = 3n): void {
  using seed = seedOf(5);
  using cold = ed25519.generateKey(seed);
  const coldVerificationKey = cold.deriveVerificationKey();
  writeColdSigningKey(join(folder, 'cold.skey'), cold);
  writeVerificationKey('cold', join(folder, 'cold.vkey'), coldVerificationKey);
  writeCounter(join(folder, 'cold.counter'), { next, coldVerificationKey });
}

/** Writes the files of a pool to a folder. Its certificate has number 3 and starts at KES period 1020. */
export function makePool(folder: string): void {
  makeColdKey(folder, 4n);
  const key = makeKey(join(folder, 'kes.skey'));
  writeVerificationKey('kes', join(folder, 'kes.vkey'), key);
  makeCertificate(join(folder, 'node.cert'), key, 1_020n, 3n);
}

/** The arguments that issue a certificate of the pool in the folder of the test. */
export function issuing(out: string): string[] {
  return [
    ...['opcert', 'issue', '--unchecked', '--start-period', '500', '--out', inFolder(out)],
    ...['--kes-vkey', inFolder('kes.vkey'), '--cold-skey', inFolder('cold.skey')],
    ...['--counter', inFolder('cold.counter')],
  ];
}

/** An extended cold key of the vectors, as wallets store it: kL ‖ kR, verification key, chain code. In digits. */
export function extendedColdKey(): { readonly content: string; readonly verificationKey: string } {
  const [vector] = extendedKeyVectors();
  if (vector === undefined) throw new Error('no vector of an extended key');
  const verificationKey = hexOf(vector.verificationKey);
  const content = `${hexOf(vector.extendedKey)}${verificationKey}${'07'.repeat(32)}`;
  return { content, verificationKey };
}

export function writeExtendedColdKey(path: string, content = extendedColdKey().content): void {
  const cborHex = `58${(content.length / 2).toString(16)}${content}`;
  writeFileSync(path, envelopeText('StakePoolExtendedSigningKey_ed25519_bip32', cborHex), {
    mode: 0o600,
  });
}

/** Writes a valid certificate of that cold key for a KES key. */
export function makeCertificate(
  path: string,
  hotVerificationKey: Uint8Array,
  startPeriod: bigint,
  sequenceNumber = 7n,
): void {
  using seed = seedOf(5);
  using cold = ed25519.generateKey(seed);
  const details = { hotVerificationKey, sequenceNumber, startPeriod: absolutePeriod(startPeriod) };
  const { signature } = issueCertificate(cold, details);
  const cbor = encodeItem([
    [hotVerificationKey, sequenceNumber, details.startPeriod, signature],
    cold.deriveVerificationKey(),
  ]);
  writeFileSync(path, envelopeText('NodeOperationalCertificate', hexOf(cbor)));
}

/** Writes a certificate with number 0, start period 500 (1901f4), and a signature of zeros. */
export function makeUnsignedCertificate(
  path: string,
  hotVerificationKey: Uint8Array = new Uint8Array(32),
): void {
  const hot = Buffer.from(hotVerificationKey).toString('hex');
  const cborHex = `82845820${hot}001901f45840${'00'.repeat(64)}5820${'07'.repeat(32)}`;
  writeFileSync(path, envelopeText('NodeOperationalCertificate', cborHex));
}

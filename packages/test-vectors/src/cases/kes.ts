/** Key evolving signatures: what has to hold for each algorithm at each depth. */
import { createHash } from 'node:crypto';
import { bytesToHex } from '../bytes.js';
import { ConformanceError, type VectorLocation } from '../errors.js';
import type {
  Implementation,
  KesImplementation,
  KesKeyHandle,
  KesKeySource,
} from '../implementation.js';
import {
  haskellKesVectors,
  type HaskellKesPeriod,
  type HaskellKesVector,
  type KesAlgorithmKind,
  type KesKeyNegativeVector,
  kesKeyNegativeVectors,
  type KesNegativeVector,
  kesNegativeVectors,
  type KesRustFormVector,
  kesRustFormVectors,
  type KesSignature,
  type KesSignatureVector,
  kesSignatureVectors,
  type KesSigningKeyVector,
  kesSigningKeyVectors,
} from '../vectors.js';
import {
  conformanceCase,
  type ConformanceCase,
  type ConformanceGroup,
  expectBytes,
  expectPeriod,
  expectRefusal,
  expectSize,
  expectUnreadable,
  expectVerdict,
  resized,
  withKey,
} from './case.js';

/** One algorithm at one depth: its implementation and its vectors. */
interface KesSubject {
  readonly implementation: KesImplementation;
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly key: KesSigningKeyVector;
  readonly signatures: KesSignatureVector;
}

const keysFile = 'kes-signing-keys.json';
const signaturesFile = 'kes-signatures.json';

/** The place of a subject in a file of vectors, at a period when one is given. */
function locate(subject: KesSubject, file: string, period?: number): VectorLocation {
  const { algorithm, depth } = subject;
  return { file, algorithm, depth, ...(period === undefined ? {} : { period }) };
}

/** A case about the whole life of the key of a subject. */
function subjectCase(
  subject: KesSubject,
  group: ConformanceGroup,
  what: string,
  location: VectorLocation,
  body: () => Promise<void>,
): ConformanceCase {
  const name = `${subject.algorithm} depth ${subject.depth}${what}`;
  return conformanceCase(group, name, location, body);
}

function at<Item>(items: readonly Item[], period: number): Item {
  const item = items[period];
  if (item === undefined) throw new RangeError(`no vector of period ${period}`);
  return item;
}

function signingKeyAt({ key }: KesSubject, period: number): Uint8Array {
  return at(key.signingKeys, period);
}

function signatureAt({ signatures }: KesSubject, period: number): KesSignature {
  return at(signatures.signatures, period);
}

/** Generates the key of the vectors and calls `look` at every period. */
function liveThrough(
  { implementation, key }: KesSubject,
  look: (handle: KesKeyHandle, period: number) => Promise<void>,
): Promise<void> {
  return withKey(implementation.generateKey(key.seed.slice()), async (handle) => {
    await look(handle, 0);
    for (let period = 1; period < key.totalPeriods; period += 1) {
      await handle.update();
      await look(handle, period);
    }
  });
}

type Expectation = (subject: KesSubject, handle: KesKeyHandle, period: number) => Promise<void>;

/** The key is at the period and serialises to the bytes of the vectors. */
const expectSigningKey: Expectation = async (subject, handle, period) => {
  const location = locate(subject, keysFile, period);
  expectPeriod(location, handle, period);
  await expectBytes(location, 'signing key', handle.serialise(), signingKeyAt(subject, period));
};

const expectSignature: Expectation = async (subject, handle, period) => {
  const { message, signature } = signatureAt(subject, period);
  const location = locate(subject, signaturesFile, period);
  await expectBytes(location, 'signature', handle.sign(message), signature);
};

const expectVerificationKey: Expectation = async (subject, handle, period) => {
  const location = locate(subject, keysFile, period);
  const derived = handle.deriveVerificationKey();
  await expectBytes(location, 'verification key', derived, subject.key.verificationKey);
};

function placeOf(vector: HaskellKesVector): VectorLocation {
  const { algorithm, depth, seed } = vector;
  return { file: 'kes-haskell.json', algorithm, depth, entry: `seed ${bytesToHex(seed)}` };
}

/** The key, its signature and the verdict are those of the reference at a period. */
async function expectKey(
  kes: KesImplementation,
  vector: HaskellKesVector,
  handle: KesKeyHandle,
  expected: HaskellKesPeriod,
): Promise<void> {
  const { period, message, signature } = expected;
  const location = { ...placeOf(vector), period };
  expectPeriod(location, handle, period);
  const key = await handle.serialise();
  if (expected.signingKey !== undefined)
    await expectBytes(location, 'signing key', key, expected.signingKey);
  const digest = createHash('sha256').update(key).digest();
  const what = 'SHA-256 of the signing key';
  await expectBytes(location, 'signing key', digest, expected.signingKeySha256, what);
  await expectBytes(location, 'signature', handle.sign(message), signature);
  const verdict = kes.verify(vector.verificationKey, period, message, signature);
  await expectVerdict(location, 'the signature', verdict, true);
}

function haskellCase(kes: KesImplementation, vector: HaskellKesVector): ConformanceCase {
  const { algorithm, depth, seed, periods, verificationKey } = vector;
  const location = placeOf(vector);
  const key = `${algorithm} depth ${depth}, seed ${bytesToHex(seed.subarray(0, 2))}…`;
  const name = `${key}: keys and signatures at every period`;
  const expectVerificationKey = (handle: KesKeyHandle) =>
    expectBytes(location, 'verification key', handle.deriveVerificationKey(), verificationKey);
  return conformanceCase('kes haskell', name, location, async () => {
    expectSize(location, 'the signature size', kes.signatureSize, vector.signatureSize);
    expectSize(location, 'the signing key size', kes.signingKeySize, vector.signingKeySize);
    await withKey(kes.generateKey(seed.slice()), async (handle) => {
      await expectVerificationKey(handle);
      for (const expected of periods) {
        while (handle.period < expected.period) await handle.update();
        await expectKey(kes, vector, handle, expected);
      }
    });
    for (const expected of periods) {
      if (expected.signingKey === undefined) continue;
      await withKey(kes.readKey(expected.signingKey.slice()), async (handle) => {
        await expectVerificationKey(handle);
        await expectKey(kes, vector, handle, expected);
      });
    }
  });
}

function haskellCases(implementation: Implementation): ConformanceCase[] {
  return haskellKesVectors().flatMap((vector) => {
    const kes = implementation.kes?.(vector.algorithm, vector.depth);
    return kes === undefined ? [] : [haskellCase(kes, vector)];
  });
}

/** The stated sizes and number of periods are those of the vectors, and so are the blocks of DirectSerialise. */
function sizesCases(subject: KesSubject): ConformanceCase[] {
  const { implementation, key } = subject;
  const location = locate(subject, keysFile);
  return [
    // eslint-disable-next-line @typescript-eslint/require-await -- a throw has to be a rejection
    subjectCase(subject, 'kes sizes', ': sizes and periods', location, async () => {
      const sizes = [
        ['number of periods', implementation.totalPeriods, key.totalPeriods],
        ['signing key size', implementation.signingKeySize, signingKeyAt(subject, 0).length],
        ['signature size', implementation.signatureSize, signatureAt(subject, 0).signature.length],
        ['verification key size', implementation.verificationKeySize, key.verificationKey.length],
      ] as const;
      for (const [what, actual, expected] of sizes)
        expectSize(location, `the ${what}`, actual, expected);
    }),
    subjectCase(subject, 'kes block sizes', ': blocks of DirectSerialise', location, () =>
      withKey(implementation.generateKey(key.seed.slice()), async (handle) => {
        const blocks = await handle.blockSizes();
        key.blockSizes.forEach((expected, index) => {
          expectSize(location, `block ${index}`, blocks[index] ?? 0, expected);
        });
        expectSize(location, 'the number of blocks', blocks.length, key.blockSizes.length);
      }),
    ),
  ];
}

/** The key, its verification key and its signatures are those of the vectors, from the seed through every period. */
function lifeCases(subject: KesSubject): ConformanceCase[] {
  const bytesCase = (
    group: 'kes verification key' | 'kes signing key' | 'kes signature',
    file: string,
    expectAt: Expectation,
  ) => {
    const what = `: ${group.slice('kes '.length)} at every period`;
    return subjectCase(subject, group, what, locate(subject, file), () =>
      liveThrough(subject, (handle, period) => expectAt(subject, handle, period)),
    );
  };
  return [
    bytesCase('kes verification key', keysFile, expectVerificationKey),
    bytesCase('kes signing key', keysFile, expectSigningKey),
    bytesCase('kes signature', signaturesFile, expectSignature),
  ];
}

/** `verify` accepts every signature at its own period and rejects it at the neighbouring ones. */
function verificationCase(subject: KesSubject): ConformanceCase {
  const what = ': every signature at its own period only';
  const { verificationKey, signatures } = subject.signatures;
  const file = locate(subject, signaturesFile);
  return subjectCase(subject, 'kes verification', what, file, async () => {
    for (const { period, message, signature } of signatures) {
      const location = { ...file, period };
      const verifyAt = (at: number) =>
        subject.implementation.verify(verificationKey, at, message, signature);
      await expectVerdict(location, 'the signature', verifyAt(period), true);
      for (const at of [period - 1, period + 1]) {
        const exists = at >= 0 && at < subject.key.totalPeriods;
        const entry = exists ? `neighbouring period (${at})` : `period ${at}, which does not exist`;
        await expectVerdict({ ...location, entry }, 'the signature', verifyAt(at), false);
      }
    }
  });
}

/** `verify` rejects a signature that it must reject. */
function negativeCase(subject: KesSubject, vector: KesNegativeVector): ConformanceCase {
  const { verificationKey, period, message, signature, why } = vector;
  const location = { ...locate(subject, 'kes-negatives.json', period), entry: why };
  return subjectCase(subject, 'kes negative', ` period ${period}: ${why}`, location, () => {
    const verdict = subject.implementation.verify(verificationKey, period, message, signature);
    return expectVerdict(location, 'the signature', verdict, false);
  });
}

/** A key can be read at every period, with the period inferred or stated, and equals the key that was written. */
function readBackCase(subject: KesSubject): ConformanceCase {
  const { implementation, key } = subject;
  const what = ': read back at every period';
  return subjectCase(subject, 'kes read back', what, locate(subject, keysFile), async () => {
    for (const [period, bytes] of key.signingKeys.entries()) {
      await withKey(implementation.readKey(bytes.slice()), async (handle) => {
        await expectSigningKey(subject, handle, period);
        await expectVerificationKey(subject, handle, period);
        await expectSignature(subject, handle, period);
        if (period + 1 === key.totalPeriods) return;
        await handle.update();
        await expectSigningKey(subject, handle, period + 1);
        await expectSignature(subject, handle, period + 1);
      });
      await withKey(implementation.readKey(bytes.slice(), period), (handle) =>
        expectSigningKey(subject, handle, period),
      );
    }
  });
}

/** The key of the last period refuses an update and is unchanged. */
function lastPeriodCase(subject: KesSubject): ConformanceCase {
  const last = subject.key.totalPeriods - 1;
  const location = locate(subject, keysFile, last);
  const accepted = () => {
    const difference = 'an update past the last period did not throw';
    return new ConformanceError('ERR_EVOLOCK_UPDATE_ACCEPTED', location, difference);
  };
  const what = ': no update past the last period';
  return subjectCase(subject, 'kes last period', what, location, () => {
    const key = subject.implementation.readKey(signingKeyAt(subject, last).slice());
    return withKey(key, async (handle) => {
      await expectRefusal(() => handle.update(), accepted);
      await expectSigningKey(subject, handle, last);
      await expectSignature(subject, handle, last);
    });
  });
}

function keyNegativeCase(subject: KesSubject, vector: KesKeyNegativeVector): ConformanceCase {
  const { period, statedPeriod, level, why, offset, patch, size } = vector;
  const { implementation } = subject;
  const location = { ...locate(subject, 'kes-key-negatives.json', period), entry: why };
  const what = ` period ${period}: ${why}`;
  return subjectCase(subject, 'kes key negative', what, location, async () => {
    const bytes = signingKeyAt(subject, period).slice();
    bytes.set(patch, offset);
    const read = () => implementation.readKey(resized(bytes, size), statedPeriod);
    const error = await expectUnreadable(location, read);
    const { checkedRead } = implementation;
    if (level === undefined || checkedRead?.levelOf === undefined) return;
    const named = checkedRead.levelOf(error);
    if (named === level) return;
    const stated = named === undefined ? 'no level' : `level ${named}`;
    const difference = `the error names ${stated}, expected ${level}`;
    throw new ConformanceError('ERR_EVOLOCK_LEVEL_MISMATCH', location, difference);
  });
}

/** Keys of a wrong length or period are refused; tampered ones, by an implementation that states `checkedRead`. */
function keyNegativeCases(subject: KesSubject): ConformanceCase[] {
  const isChecked = subject.implementation.checkedRead !== undefined;
  return kesKeyNegativeVectors()
    .filter(({ depth, level }) => depth === subject.depth && (isChecked || level === undefined))
    .map((vector) => keyNegativeCase(subject, vector));
}

/** Keys in the layout of the Rust crate are written and read at each period of the vectors, and other bytes refused. */
function rustFormCases(subject: KesSubject, rust: KesKeySource): ConformanceCase[] {
  const file = 'kes-rust-form.json';
  const isOfDepth = ({ depth }: KesRustFormVector) => depth === subject.depth;
  const positives = kesRustFormVectors().positives.filter(isOfDepth);
  const negatives = kesRustFormVectors().negatives.filter(isOfDepth);
  const encoded = ({ period, tail }: KesRustFormVector) => {
    const key = signingKeyAt(subject, period);
    return new Uint8Array(Buffer.concat([key, tail]));
  };
  const expectForm = async (vector: KesRustFormVector, handle: KesKeyHandle) => {
    const location = locate(subject, file, vector.period);
    expectPeriod(location, handle, vector.period);
    await expectBytes(location, 'Rust form', handle.serialise(), encoded(vector));
  };
  return [
    subjectCase(subject, 'kes rust form', ': round trip', locate(subject, file), async () => {
      await withKey(rust.generateKey(subject.key.seed.slice()), async (handle) => {
        for (const vector of positives) {
          while (handle.period < vector.period) await handle.update();
          await expectForm(vector, handle);
        }
      });
      for (const vector of positives) {
        await withKey(rust.readKey(encoded(vector)), (handle) => expectForm(vector, handle));
      }
    }),
    ...negatives.map((vector) => {
      const location = { ...locate(subject, file, vector.period), entry: vector.why };
      const what = `: ${vector.why}`;
      return subjectCase(subject, 'kes rust form negative', what, location, async () => {
        const bytes = encoded(vector).slice(0, vector.size);
        await expectUnreadable(location, () => rust.readKey(bytes));
      });
    }),
  ];
}

/** The algorithms and depths that both the vectors and the implementation have. */
function kesSubjects(implementation: Implementation): KesSubject[] {
  const keys = new Map(kesSigningKeyVectors().map((key) => [key.depth, key]));
  return kesSignatureVectors().flatMap((signatures) => {
    const { algorithm, depth } = signatures;
    const kes = implementation.kes?.(algorithm, depth);
    const key = keys.get(depth);
    if (kes === undefined || key === undefined) return [];
    return [{ implementation: kes, algorithm, depth, key, signatures }];
  });
}

/** Every algorithm at every depth conforms. */
export function kesCases(implementation: Implementation): ConformanceCase[] {
  // Returns before the vectors are decoded.
  if (implementation.kes === undefined) return [];
  const negatives = kesNegativeVectors();
  const subjects = kesSubjects(implementation);
  return [
    ...subjects.flatMap((subject) => [
      ...sizesCases(subject),
      ...lifeCases(subject),
      verificationCase(subject),
      readBackCase(subject),
      lastPeriodCase(subject),
      ...negatives
        .filter(
          (vector) => vector.algorithm === subject.algorithm && vector.depth === subject.depth,
        )
        .map((vector) => negativeCase(subject, vector)),
    ]),
    ...subjects.flatMap(keyNegativeCases),
    ...subjects.flatMap((subject) => {
      const { rust } = subject.implementation;
      return rust === undefined ? [] : rustFormCases(subject, rust);
    }),
    ...haskellCases(implementation),
  ];
}

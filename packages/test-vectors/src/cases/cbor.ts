import { ConformanceError, type VectorLocation } from '../errors.js';
import type { AsyncKesCborImplementation } from '../implementation/async-implementation.js';
import { joinBytes } from '../vectors/bytes.js';
import {
  type KesCborHead,
  type KesCborNegative,
  type KesCborSubject,
  kesCborVectors,
} from '../vectors/cbor.js';
import { type CasePlan, plan } from './case.js';
import { expectBytes } from './expect.js';
import { attempt, type Steps, wait } from './steps.js';
import { describeSubject, type KesSubject, locate, signatureAt } from './subject.js';

const file = 'kes-cbor.json';

/** The two directions of one kind of value. */
function codecOf(cbor: AsyncKesCborImplementation, subject: KesCborSubject) {
  return subject === 'signature'
    ? {
        encode: (raw: Uint8Array) => cbor.encodeSignature(raw),
        decode: (encoded: Uint8Array) => cbor.decodeSignature(encoded),
      }
    : {
        encode: (raw: Uint8Array) => cbor.encodeVerificationKey(raw),
        decode: (encoded: Uint8Array) => cbor.decodeVerificationKey(encoded),
      };
}

function* expectCodec(
  cbor: AsyncKesCborImplementation,
  location: VectorLocation,
  subject: KesCborSubject,
  head: Uint8Array,
  raw: Uint8Array,
): Steps {
  const codec = codecOf(cbor, subject);
  const encoded = joinBytes([head, raw]);
  const actual = yield* wait(codec.encode(raw.slice()));
  expectBytes(
    'ERR_EVOLOCK_ENCODING_MISMATCH',
    location,
    `the CBOR of the ${subject}`,
    actual,
    encoded,
  );
  const decoded = yield* wait(codec.decode(encoded.slice()));
  expectBytes('ERR_EVOLOCK_ENCODING_MISMATCH', location, `the decoded ${subject}`, decoded, raw);
}

function codecCase(
  subject: KesSubject,
  cbor: AsyncKesCborImplementation,
  head: KesCborHead,
): CasePlan {
  const name = `${describeSubject(subject)}: CBOR round trip at every period`;
  return plan('kes cbor', name, locate(subject, file), function* () {
    const { key, signatures } = subject;
    const root = locate(subject, file);
    const { verificationKeyHead, signatureHead } = head;
    yield* expectCodec(cbor, root, 'verificationKey', verificationKeyHead, key.verificationKey);
    for (const { period, signature } of signatures.signatures) {
      const location = locate(subject, file, period);
      yield* expectCodec(cbor, location, 'signature', signatureHead, signature);
    }
  });
}

function negativeCase(
  subject: KesSubject,
  cbor: AsyncKesCborImplementation,
  vector: KesCborNegative,
): CasePlan {
  const entry = `${vector.subject}: ${vector.why}`;
  const location = { ...locate(subject, file), entry };
  const name = `${describeSubject(subject)}: ${entry}`;
  return plan('kes cbor negative', name, location, function* () {
    const raw =
      vector.subject === 'signature'
        ? signatureAt(subject, 0).signature
        : subject.key.verificationKey;
    const encoded = joinBytes([vector.head, raw.subarray(0, vector.kept), vector.tail]);
    const { decode } = codecOf(cbor, vector.subject);
    if ('value' in (yield* attempt(() => decode(encoded)))) {
      throw new ConformanceError(
        'ERR_EVOLOCK_MALFORMED_ACCEPTED',
        location,
        'the encoding was decoded',
      );
    }
  });
}

/**
 * CBOR in both directions, and the encodings that a decoder refuses, when the implementation offers it.
 *
 * @internal
 */
export function cborCases(subjects: readonly KesSubject[]): CasePlan[] {
  const { heads, negatives } = kesCborVectors();
  return subjects.flatMap((subject) => {
    const { cbor } = subject.implementation;
    if (cbor === undefined) return [];
    const isOfSubject = ({ algorithm, depth }: { algorithm: string; depth: number }) =>
      algorithm === subject.algorithm && depth === subject.depth;
    return [
      ...heads.filter(isOfSubject).map((head) => codecCase(subject, cbor, head)),
      ...negatives.filter(isOfSubject).map((vector) => negativeCase(subject, cbor, vector)),
    ];
  });
}

import { conformanceCase } from '../cases/case.js';
import { expectBytes, expectVerdict } from '../cases/expect.js';
import type { VectorLocation } from '../errors.js';
import type {
  Implementation,
  KesImplementation,
  KesKeyHandle,
} from '../implementation/implementation.js';
import { bytesIn, type ExternalEntry, integerIn, textIn, verdictIn } from './entries.js';
import { type EntryResult, findKes, isEvolution, skip, withKey } from './results.js';

const file = 'consensus-header-cases.json';

/** A CBOR array of two. */
const PAIR_HEAD = 0x82;
/** A CBOR byte string whose length is in the next two bytes. */
const BYTES_HEAD = 0x59;
const BYTES_HEAD_SIZE = 3;

/** A header taken apart without decoding: the exact bytes of the body, and the signature. */
interface SignedBody {
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

function takeApart(header: Uint8Array, signatureSize: number): SignedBody | undefined {
  const end = header.length - signatureSize - BYTES_HEAD_SIZE;
  const [kind, high = 0, low = 0] = header.subarray(Math.max(end, 0));
  const isSigned = kind === BYTES_HEAD && 256 * high + low === signatureSize;
  if (header[0] !== PAIR_HEAD || end < 1 || !isSigned) return undefined;
  return { body: header.subarray(1, end), signature: header.subarray(end + BYTES_HEAD_SIZE) };
}

/** A case of the consensus suite. */
interface HeaderCase extends SignedBody {
  readonly title: string;
  readonly signingKey: Uint8Array;
  readonly evolution: bigint;
  readonly limit: bigint;
  readonly kesOk: boolean;
}

/** In these cases the suite changed the period of the certificate and did not evolve the key. */
function isSignedUnevolved({ title }: HeaderCase): boolean {
  return title.includes('MutateKESPeriod');
}

function expectSameSignature(
  location: VectorLocation,
  header: HeaderCase,
  handle: KesKeyHandle,
): void {
  const signature = handle.sign(header.body);
  expectBytes(
    'ERR_EVOLOCK_SIGNATURE_MISMATCH',
    location,
    'the signature',
    signature,
    header.signature,
  );
}

function checkHeader(location: VectorLocation, kes: KesImplementation, header: HeaderCase): void {
  const { body, signature, evolution, limit, kesOk } = header;
  withKey(kes.readKey(header.signingKey.slice()), (handle) => {
    const hotKey = handle.deriveVerificationKey();
    // A body without this key is signed by another key, which is not in the file.
    if (!Buffer.from(body).includes(Buffer.from(hotKey))) return;
    const isAllowed = isEvolution(evolution, limit, kes.totalPeriods);
    const verdict = isAllowed && kes.verify(hotKey, Number(evolution), body, signature);
    expectVerdict(location, 'the header', verdict, kesOk);
    if (isSignedUnevolved(header)) {
      expectSameSignature(location, header, handle);
    } else if (isAllowed && kesOk && BigInt(handle.period) <= evolution) {
      while (BigInt(handle.period) < evolution) handle.update();
      expectSameSignature(location, header, handle);
    }
  });
}

/**
 * The signature of the header is that of the suite, and so is the verdict.
 *
 * @internal
 */
export function consensusHeaderCases(
  implementation: Implementation,
  entry: ExternalEntry,
): EntryResult[] {
  const title = textIn(entry, 'title') ?? 'a header without a title';
  const header = bytesIn(entry, 'headerHex');
  const signingKey = bytesIn(entry, 'kesSignKeyHex');
  const evolution = integerIn(entry, 'evolution');
  const limit = integerIn(entry, 'maxKESEvo');
  const kesOk = verdictIn(entry, 'kesOk');
  if (
    header === undefined ||
    signingKey === undefined ||
    evolution === undefined ||
    limit === undefined ||
    kesOk === undefined
  ) {
    return [skip(file, title, 'a field is missing')];
  }
  const depth = (signingKey.length - 32) / 96;
  const kes = findKes(implementation, 'sum', depth);
  if (kes === undefined) return [skip(file, title, `sum depth ${depth} is not offered`)];
  const parts = takeApart(header, kes.signatureSize);
  if (parts === undefined) return [skip(file, title, 'not a body and a signature')];
  const location = { file, entry: title, algorithm: 'sum' as const, depth };
  return [
    conformanceCase('consensus header', title, location, () => {
      checkHeader(location, kes, { ...parts, title, signingKey, evolution, limit, kesOk });
    }),
  ];
}

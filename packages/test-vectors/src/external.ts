/** Data that other implementations made, which the package does not ship, and its cases. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { VRF_ALGORITHMS, type KesAlgorithmKind, type VrfAlgorithmName } from './algorithms.js';
import { decoded } from './bytes.js';
import {
  conformanceCase,
  type ConformanceCase,
  expectBytes,
  expectPeriod,
  expectVerdict,
  withKey,
} from './cases/case.js';
import { expectOutput } from './cases/primitives.js';
import { ArgumentError, ExternalVectorsError } from './errors.js';
import { checkImplementation, type Implementation, type KesKeyHandle } from './implementation.js';
import type { KesNegativeVector } from './vectors.js';

/** The content of a file of external vectors, or the reason for its absence in one sentence. */
export type ExternalVectors<Data = unknown> =
  | { readonly available: true; readonly path: string; readonly data: Data }
  | { readonly available: false; readonly reason: string };

/** The folder of the repository, whose package.json has this name. */
function rootAbove(folder: string): string | undefined {
  const path = join(folder, 'package.json');
  if (existsSync(path)) {
    const { name } = JSON.parse(readFileSync(path, 'utf8')) as { readonly name?: unknown };
    if (name === 'evolock') return folder;
  }
  const above = dirname(folder);
  return above === folder ? undefined : rootAbove(above);
}

function externalFolder(): string | undefined {
  const stated = process.env['EVOLOCK_EXTERNAL_VECTORS'] ?? '';
  if (stated !== '') return resolve(stated);
  const root = rootAbove(process.cwd());
  return root === undefined ? undefined : resolve(root, '..', 'shared', 'vectors');
}

/**
 * Reads the parsed JSON of a file of data that other implementations made, which this package does not ship. The folder is
 * the value of the environment variable `EVOLOCK_EXTERNAL_VECTORS`, or `shared/vectors` beside the repository. When
 * `EVOLOCK_REQUIRE_VECTORS` is set to anything but `0`, a missing file is an error, so that an incomplete run cannot pass.
 * Otherwise the result is a sentence to print.
 *
 * @throws ExternalVectorsError with code `ERR_EVOLOCK_EXTERNAL_VECTORS_UNREADABLE` when the file is not JSON;
 * `ERR_EVOLOCK_EXTERNAL_VECTORS_MISSING`.
 */
export function externalVectors(file: string): ExternalVectors {
  if (typeof file !== 'string') throw new ArgumentError('file', 'text');
  const text = externalText(file);
  if (!text.available) return text;
  try {
    const data: unknown = JSON.parse(text.data);
    return { ...text, data };
  } catch (cause) {
    const message = `external vectors at ${text.path} cannot be read as JSON`;
    throw new ExternalVectorsError('ERR_EVOLOCK_EXTERNAL_VECTORS_UNREADABLE', message, { cause });
  }
}

/** Reads the text of a file, as {@link externalVectors} does. */
export function externalText(name: string): ExternalVectors<string> {
  const path = join(externalFolder() ?? 'shared/vectors', name);
  if (existsSync(path) && statSync(path).isFile())
    return { available: true, path, data: readFileSync(path, 'utf8') };
  const missing = `no external vectors at ${path} (set EVOLOCK_EXTERNAL_VECTORS)`;
  if (['', '0'].includes(process.env['EVOLOCK_REQUIRE_VECTORS'] ?? ''))
    return { available: false, reason: `skipped: ${missing}` };
  const message = `${missing}, and EVOLOCK_REQUIRE_VECTORS requires them`;
  throw new ExternalVectorsError('ERR_EVOLOCK_EXTERNAL_VECTORS_MISSING', message);
}

/** Cases from data of other implementations, and the entries without a case. */
export interface ExternalConformance {
  /** The cases; nothing has run yet. */
  readonly cases: readonly ConformanceCase[];
  /** One sentence to print for every file and entry without a case. */
  readonly skipped: readonly string[];
}

/** The case of an entry, or why it has none. */
type Result = ConformanceCase | string;

interface ExternalKey {
  readonly source: string;
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly period: number;
  readonly seed: Uint8Array;
  readonly signingKey: Uint8Array;
  readonly verificationKey: Uint8Array;
  /** Some keys have no signature. */
  readonly message: Uint8Array | undefined;
  readonly signature: Uint8Array | undefined;
}

/** A key of the Haskell implementation is generated from its seed, and read. */
function keyResult(implementation: Implementation, entry: ExternalKey): Result {
  const { source, algorithm, depth, period, seed, signingKey, verificationKey } = entry;
  const { message, signature } = entry;
  const kes = implementation.kes?.(algorithm, depth);
  if (kes === undefined) return `${source}: ${algorithm} depth ${depth} is not offered`;
  const location = { file: 'haskell-kes.json', entry: source, algorithm, depth, period };
  const expectKey = async (key: KesKeyHandle) => {
    expectPeriod(location, key, period);
    await expectBytes(location, 'signing key', key.serialise(), signingKey);
    const derived = key.deriveVerificationKey();
    await expectBytes(location, 'verification key', derived, verificationKey);
    if (message === undefined || signature === undefined) return;
    await expectBytes(location, 'signature', key.sign(message), signature);
    const verdict = kes.verify(verificationKey, period, message, signature);
    await expectVerdict(location, 'the signature', verdict, true);
  };
  return conformanceCase('external key', source, location, async () => {
    await withKey(kes.generateKey(seed.slice()), async (key) => {
      while (key.period < period) await key.update();
      await expectKey(key);
    });
    await withKey(kes.readKey(signingKey.slice()), expectKey);
  });
}

interface ExternalNegative extends KesNegativeVector {
  readonly valid: boolean;
}

/** A signature has its verdict: most must be rejected. */
function negativeResult(implementation: Implementation, entry: ExternalNegative): Result {
  const { algorithm, depth, period, verificationKey, message, signature, why, valid } = entry;
  const kes = implementation.kes?.(algorithm, depth);
  if (kes === undefined) return `${algorithm} depth ${depth} is not offered`;
  const location = { file: 'negatives.json', entry: why, algorithm, depth, period };
  const name = `${algorithm} depth ${depth} period ${period}: ${why}`;
  return conformanceCase('external negative', name, location, () => {
    const verdict = kes.verify(verificationKey, period, message, signature);
    return expectVerdict(location, 'the signature', verdict, valid);
  });
}

interface ExternalSignature {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly valid: boolean;
}

/** `verify` has the verdict of libsodium. */
function ed25519Result({ dsign }: Implementation, entry: ExternalSignature): Result {
  const { name, publicKey, message, signature, valid } = entry;
  if (dsign === undefined) return `${name}: ed25519 is not offered`;
  const location = { file: 'ed25519-edge-cases.json', entry: name };
  return conformanceCase('external ed25519', name, location, () => {
    const verdict = dsign.verify(publicKey, message, signature);
    return expectVerdict(location, 'the signature', verdict, valid);
  });
}

interface ExternalHeader {
  readonly title: string;
  readonly header: Uint8Array;
  readonly kesSignKey: Uint8Array;
  /** Decimal digits. */
  readonly evolution: string;
  readonly maxKESEvo: number;
  readonly kesOk: boolean;
}

/** Bytes of the head of a signature: a CBOR byte string with its length in the two last. */
const SIGNATURE_HEAD_SIZE = 3;

/** The signature of a header of the Haskell consensus tests is that of their key, and so is the verdict. */
function headerResult(implementation: Implementation, entry: ExternalHeader): Result {
  const { title: name, header, kesSignKey, kesOk } = entry;
  const depth = (kesSignKey.length - 32) / 96;
  const kes = implementation.kes?.('sum', depth);
  if (kes === undefined) return `${name}: sum depth ${depth} is not offered`;
  const signature = header.subarray(-kes.signatureSize);
  // A header is an array of two: a head of one byte, the body, the signature with its head.
  const body = header.subarray(1, -(kes.signatureSize + SIGNATURE_HEAD_SIZE));
  const evolution = BigInt(entry.evolution);
  const isAllowed =
    evolution >= 0n && evolution < BigInt(entry.maxKESEvo) && evolution < BigInt(kes.totalPeriods);
  const file = 'consensus-header-cases.json';
  const location = { file, entry: name, algorithm: 'sum' as const, depth };
  return conformanceCase('consensus header', name, location, () =>
    withKey(kes.readKey(kesSignKey.slice()), async (key) => {
      const hotKey = await key.deriveVerificationKey();
      // A body without this key is signed by another key, which is not in the file.
      if (!Buffer.from(body).includes(Buffer.from(hotKey))) return;
      const verdict = isAllowed && (await kes.verify(hotKey, Number(evolution), body, signature));
      await expectVerdict(location, 'the header', verdict, kesOk);
      // In these cases the suite changed the period of the certificate and did not evolve the key.
      const isUnevolved = name.includes('MutateKESPeriod');
      const isLater = isAllowed && kesOk && BigInt(key.period) <= evolution;
      if (!isUnevolved && !isLater) return;
      while (!isUnevolved && BigInt(key.period) < evolution) await key.update();
      await expectBytes(location, 'signature', key.sign(body), signature);
    }),
  );
}

/** The proofs of cardano-base: the vectors of the drafts, and others. */
const VRF_FILES = [10, 11, 12]
  .map((number) => `standard_${number}`)
  .concat([1, 2, 3, 4].map((number) => `generated_${number}`));

const VRF_PREFIXES = { PraosVRF: 'vrf/vrf_ver03_', PraosBatchCompatVRF: 'vrf/vrf_ver13_' } as const;

/** A file of lines of a name, a colon and a value. A message without bytes is `empty`. */
function proofIn(text: string): Record<'sk' | 'pk' | 'alpha' | 'pi' | 'beta', Uint8Array> {
  const lines = text.split('\n').map((line) => line.split(':').map((part) => part.trim()));
  const fields = lines.flatMap(([name, value]) =>
    name === undefined || !['sk', 'pk', 'alpha', 'pi', 'beta'].includes(name)
      ? []
      : [[`${name}Hex`, value === 'empty' ? '' : value]],
  );
  return decoded(Object.fromEntries(fields)) as ReturnType<typeof proofIn>;
}

/** A proof of cardano-base is made byte for byte, and verifies to its output. */
function proofResult(
  implementation: Implementation,
  algorithm: VrfAlgorithmName,
  file: string,
): Result {
  const vrf = implementation.vrf?.(algorithm);
  if (vrf === undefined) return `${algorithm} is not offered`;
  const text = externalText(file);
  if (!text.available) return text.reason;
  const { sk, pk, alpha, pi, beta } = proofIn(text.data);
  const location = { file, entry: algorithm };
  return conformanceCase('external vrf', file, location, async () => {
    const key = vrf.deriveVerificationKey(sk.slice());
    await expectBytes(location, 'verification key', key, pk);
    await expectBytes(location, 'proof', vrf.prove(sk.slice(), alpha), pi);
    await expectOutput(location, await vrf.verify(pk, alpha, pi), beta);
    await expectOutput(location, await vrf.outputOf(pi), beta);
  });
}

/** Each takes the entries of its file. */
const BUILDERS: Readonly<Record<string, (implementation: Implementation, entry: never) => Result>> =
  {
    'haskell-kes.json': keyResult,
    'negatives.json': negativeResult,
    'ed25519-edge-cases.json': ed25519Result,
    'consensus-header-cases.json': headerResult,
  };

/**
 * The cases that data of other implementations give: keys and signatures of the Haskell reference, signatures to reject,
 * edge cases of Ed25519, proofs of the VRFs and header cases of the Haskell consensus suite. `skipped` has one sentence to
 * print for every file and entry without a case.
 */
export function externalConformanceCases(implementation: Implementation): ExternalConformance {
  checkImplementation(implementation);
  const cases: ConformanceCase[] = [];
  const skipped: string[] = [];
  const names = new Map<string, number>();
  const add = (file: string, result: Result): void => {
    if (typeof result === 'string')
      skipped.push(result.startsWith('skipped: ') ? result : `skipped: ${file}: ${result}`);
    else {
      // Entries of a file can share a name. The later ones get a number.
      const key = `${result.group}: ${result.name}`;
      const count = (names.get(key) ?? 0) + 1;
      names.set(key, count);
      cases.push(count === 1 ? result : { ...result, name: `${result.name} (${count})` });
    }
  };
  for (const [file, build] of Object.entries(BUILDERS)) {
    const vectors = externalVectors(file);
    if (!vectors.available) add(file, vectors.reason);
    else
      for (const entry of vectors.data as readonly unknown[])
        // Each builder takes the entries of its file, which the compiler cannot pair.
        add(file, build(implementation, decoded(entry) as never));
  }
  for (const algorithm of VRF_ALGORITHMS)
    for (const name of VRF_FILES) {
      const file = VRF_PREFIXES[algorithm] + name;
      add(file, proofResult(implementation, algorithm, file));
    }
  return { cases, skipped };
}

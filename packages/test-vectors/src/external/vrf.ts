import { conformanceCase } from '../cases/case.js';
import { expectBytes, expectVerdict } from '../cases/expect.js';
import type { VectorLocation } from '../errors.js';
import type { Implementation, VrfImplementation } from '../implementation/implementation.js';
import type { VrfAlgorithmName } from '../vectors/vrf.js';
import { bytesIn, type ExternalEntry } from './entries.js';
import { externalText } from './files.js';
import { type EntryResult, skip } from './results.js';

/** The files of cardano-base: the vectors of the drafts, and others. */
const NAMES = [
  'standard_10',
  'standard_11',
  'standard_12',
  'generated_1',
  'generated_2',
  'generated_3',
  'generated_4',
];

const PREFIXES: readonly (readonly [VrfAlgorithmName, string])[] = [
  ['PraosVRF', 'vrf/vrf_ver03_'],
  ['PraosBatchCompatVRF', 'vrf/vrf_ver13_'],
];

/** A file has lines of a name, a colon and a value. A message without bytes is `empty`. */
function entryOf(text: string): ExternalEntry {
  const fields = text.split('\n').map((line) => line.split(':').map((part) => part.trim()));
  const entry = Object.fromEntries(fields.filter(({ length }) => length === 2)) as ExternalEntry;
  return entry['alpha'] === 'empty' ? { ...entry, alpha: '' } : entry;
}

interface ExternalProof {
  readonly seed: Uint8Array;
  readonly verificationKey: Uint8Array;
  readonly alpha: Uint8Array;
  readonly proof: Uint8Array;
  readonly output: Uint8Array;
}

function proofOf(entry: ExternalEntry): ExternalProof | undefined {
  const seed = bytesIn(entry, 'sk');
  const verificationKey = bytesIn(entry, 'pk');
  const alpha = bytesIn(entry, 'alpha');
  const proof = bytesIn(entry, 'pi');
  const output = bytesIn(entry, 'beta');
  if (seed === undefined || verificationKey === undefined || alpha === undefined) return undefined;
  if (proof === undefined || output === undefined) return undefined;
  return { seed, verificationKey, alpha, proof, output };
}

function check(location: VectorLocation, vrf: VrfImplementation, vector: ExternalProof): void {
  const { seed, verificationKey, alpha, proof, output } = vector;
  const derived = vrf.deriveVerificationKey(seed.slice());
  const code = 'ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH';
  expectBytes(code, location, 'the verification key', derived, verificationKey);
  const made = vrf.prove(seed.slice(), alpha);
  expectBytes('ERR_EVOLOCK_PROOF_MISMATCH', location, 'the proof', made, proof);
  for (const found of [vrf.verify(verificationKey, alpha, proof), vrf.outputOf(proof)]) {
    expectVerdict(location, 'the proof', found !== undefined, true);
    if (found !== undefined)
      expectBytes('ERR_EVOLOCK_OUTPUT_MISMATCH', location, 'the output', found, output);
  }
}

function resultOf(
  implementation: Implementation,
  algorithm: VrfAlgorithmName,
  file: string,
): EntryResult {
  const vrf = implementation.vrf?.(algorithm);
  if (vrf === undefined) return skip(file, algorithm, `${algorithm} is not offered`);
  const text = externalText(file);
  if (!text.available) return { skipped: text.reason };
  const vector = proofOf(entryOf(text.data));
  if (vector === undefined) return skip(file, algorithm, 'a field is missing');
  const location = { file, entry: algorithm };
  return conformanceCase('external vrf', file, location, () => {
    check(location, vrf, vector);
  });
}

/**
 * Proofs of cardano-base are made byte for byte, and verify to their outputs.
 *
 * @internal
 */
export function externalVrfCases(implementation: Implementation): EntryResult[] {
  return PREFIXES.flatMap(([algorithm, prefix]) =>
    NAMES.map((name) => resultOf(implementation, algorithm, prefix + name)),
  );
}

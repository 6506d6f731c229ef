import type { VrfAlgorithmName } from '@evolock/test-vectors';
import { ed25519, praosBatchCompatVrf, praosVrf } from '@evolock/kes-verify';
import { GROUP_ORDER, hash, Point, readScalar } from '../curve.js';
import { extendedOf, native } from '../native.js';
import { seedOf } from './material.js';
import { type Verdict, vrfVerdicts } from './vrf-verdicts.js';

/** Lengths of messages around the blocks of SHA-512, and 32, which block producers use. */
const LENGTHS = [0, 1, 32, 77, 78, 111, 112, 128, 1023];

/** The VRFs in JavaScript, which judge every proof. */
const checkers = { PraosVRF: praosVrf, PraosBatchCompatVRF: praosBatchCompatVrf } as const;

/** The output of a proof, which the verifier in JavaScript and the native one share; `undefined` for one that is not valid. */
function outputOf(
  algorithm: VrfAlgorithmName,
  { verificationKey, alpha, proof }: Pick<Verdict, 'verificationKey' | 'alpha' | 'proof'>,
): Uint8Array | undefined {
  const [output, other] = [checkers[algorithm], native.vrf(algorithm)].map((vrf) =>
    vrf.verify(verificationKey, alpha, proof),
  );
  if (String(output) !== String(other)) throw new Error(`${algorithm}: two verdicts`);
  return output;
}

function messageOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (7 * index) & 255);
}

function proofOf(
  algorithm: VrfAlgorithmName,
  name: string,
  seed: Uint8Array,
  alpha: Uint8Array,
): object {
  const vrf = native.vrf(algorithm);
  const verificationKey = vrf.deriveVerificationKey(seed);
  const proof = vrf.prove(seed, alpha);
  const output = outputOf(algorithm, { verificationKey, alpha, proof });
  if (output === undefined) throw new Error(`${algorithm}: ${name}: refused`);
  return { algorithm, name, seed, verificationKey, alpha, proof, output };
}

/** Proofs that an implementation must make. */
export function vrfProofs(algorithm: VrfAlgorithmName): object[] {
  const seeds: readonly (readonly [string, Uint8Array])[] = [
    ['all zero', new Uint8Array(32)],
    ['all ones', new Uint8Array(32).fill(255)],
    ...Array.from(
      { length: 8 },
      (_, index) => [`derived: vrf ${index}`, seedOf(`vrf ${index}`)] as const,
    ),
  ];
  return [
    ...LENGTHS.map((length) =>
      proofOf(algorithm, `message of ${length} bytes`, seedOf('vrf'), messageOf(length)),
    ),
    ...seeds.map(([name, seed]) => proofOf(algorithm, `seed ${name}`, seed, messageOf(32))),
  ];
}

/** Proofs that an implementation must accept or refuse. */
export function vrfVerdictEntries(algorithm: VrfAlgorithmName): object[] {
  return vrfVerdicts(algorithm).map(({ why, verificationKey, alpha, proof, valid }) => {
    const output = outputOf(algorithm, { verificationKey, alpha, proof });
    if (valid !== (output !== undefined)) throw new Error(`${algorithm}: ${why}: wrong verdict`);
    return { algorithm, why, verificationKey, alpha, proof, output: output ?? null };
  });
}

/** kL with the bits that BIP32-Ed25519 fixes, and any kR. */
function extendedKeyOf(label: string): Uint8Array {
  const half = (part: string): Uint8Array =>
    hash(new TextEncoder().encode(`evolock ${part} ${label}`));
  const left = half('kL');
  const fixed = left.map((byte, index) => {
    if (index === 0) return byte & 0b1111_1000;
    return index === 31 ? (byte & 0b0001_1111) | 0b0100_0000 : byte;
  });
  return Uint8Array.from([...fixed, ...half('kR')]);
}

/** The verification key of kL ‖ kR: kL times the base point. */
export function verificationKeyOf(extendedKey: Uint8Array): Uint8Array {
  return Point.BASE.multiply(readScalar(extendedKey.slice(0, 32)) % GROUP_ORDER).toBytes();
}

/** Signatures of extended keys. */
export function extendedEntries(): object[] {
  const cases: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
    ...[0, 1, 48, 95, 96, 127, 1023].map(
      (length) => [`message of ${length} bytes`, extendedKeyOf('key'), messageOf(length)] as const,
    ),
    ...[1, 2, 3, 4].map(
      (count) => [`key ${count}`, extendedKeyOf(`key ${count}`), messageOf(48)] as const,
    ),
  ];
  const extended = extendedOf(verificationKeyOf);
  return cases.map(([name, key, message]) => {
    const verificationKey = verificationKeyOf(key);
    const signature = extended.sign(key, message);
    if (!ed25519.verify(verificationKey, message, signature)) throw new Error(`${name}: refused`);
    return { name, extendedKey: key, verificationKey, message, signature };
  });
}

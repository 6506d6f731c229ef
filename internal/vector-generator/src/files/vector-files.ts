import { hexToBytes } from '@noble/hashes/utils.js';
import { ed25519 } from '@evolock/kes-verify';
import { type KesAlgorithmKind, VRF_ALGORITHMS } from '@evolock/test-vectors';
import { blocksOf, keyOf } from '@evolock/test-keys';
import { algorithmOf, expand, native } from '../native.js';
import { write } from './write.js';
import { cborHeads, cborNegatives } from './cbor.js';
import { ed25519Negatives } from './forgeries.js';
import { kesNegatives } from './kes-negatives.js';
import { keyNegatives, rustFormNegatives, rustFormPositives } from './key-negatives.js';
import { algorithmsAndDepths, lifeOf, messageOf, seedOf, seedOfDepth } from './material.js';
import { extendedEntries, vrfProofs, vrfVerdictEntries } from './vrf.js';

/** The depth up to which the shipped vectors go. */
const DEEPEST = 7;

/**
 * What the shipped files name: the implementation in JavaScript that made them first. The native packages make the same
 * bytes, and a file whose bytes change names what it is made with then.
 */
const GENERATOR =
  'oracle of @evolock/test-vectors, over @noble/curves 2.4.0 and @noble/hashes 2.4.0';

const SPECIAL_SEEDS: readonly [string, Uint8Array][] = [
  ['all zero', new Uint8Array(32)],
  ['all ones', new Uint8Array(32).fill(255)],
  ['counting from zero', Uint8Array.from({ length: 32 }, (_, index) => index)],
  ['text: test string of 32 byte of lenght', ascii('test string of 32 byte of lenght')],
  ['derived: first', seedOf('first')],
  ['derived: second', seedOf('second')],
];

const RFC_8032_TESTS: readonly [string, string, string][] = [
  [
    'RFC 8032 section 7.1 test 1',
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    '',
  ],
  [
    'RFC 8032 section 7.1 test 2',
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '72',
  ],
  [
    'RFC 8032 section 7.1 test 3',
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'af82',
  ],
];

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function longMessage(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (7 * index) & 255);
}

function seedExpansion(): object[] {
  return SPECIAL_SEEDS.map(([name, seed]) => ({ name, seed, ...expand(seed) }));
}

function ed25519Positive(name: string, seed: Uint8Array, message: Uint8Array): object {
  const verificationKey = native.dsign.deriveVerificationKey(seed);
  const signature = native.dsign.sign(seed, message);
  if (!ed25519.verify(verificationKey, message, signature)) throw new Error(`${name}: refused`);
  return { name, seed, verificationKey, message, signature };
}

function ed25519Positives(): object[] {
  const lengths = [0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1023];
  return [
    ...RFC_8032_TESTS.map(([name, seedHex, messageHex]) =>
      ed25519Positive(name, hexToBytes(seedHex), hexToBytes(messageHex)),
    ),
    ...lengths.map((length) =>
      ed25519Positive(`message of ${length} bytes`, seedOf('ed25519'), longMessage(length)),
    ),
    ...SPECIAL_SEEDS.map(([name, seed]) => ed25519Positive(`seed ${name}`, seed, ascii('evolock'))),
  ];
}

function signingKeys(depth: number): object {
  const { totalPeriods, verificationKey, keys } = lifeOf('sum', depth);
  const seed = seedOfDepth(depth);
  using key = keyOf(algorithmOf('sum', depth), seed);
  return {
    depth,
    totalPeriods,
    seed,
    verificationKey,
    blockSizes: blocksOf(key).map((block) => block.length),
    signingKeys: keys,
  };
}

function signatures(algorithm: KesAlgorithmKind, depth: number): object {
  const { verificationKey, keys, sign } = lifeOf(algorithm, depth);
  return {
    algorithm,
    depth,
    seed: seedOfDepth(depth),
    verificationKey,
    signatures: Array.from(keys.keys(), (period) => {
      const message = messageOf(period);
      return { period, message, signature: sign(period, message) };
    }),
  };
}

/** The text of every file that is made here, by name. */
export function vectorFiles(): Map<string, string> {
  const depths = Array.from({ length: DEEPEST + 1 }, (_, depth) => depth);
  const pairs = algorithmsAndDepths(DEEPEST);
  const made: readonly [name: string, provenance: string, lists: Parameters<typeof write>[2]][] = [
    [
      'seed-expansion.json',
      'left = Blake2b-256(0x01 | seed), right = Blake2b-256(0x02 | seed)',
      {
        vectors: seedExpansion(),
      },
    ],
    [
      'ed25519.json',
      'RFC 8032; negatives by the rule of libsodium: A and R canonical and not of small order, S < L, no cofactor',
      { positives: ed25519Positives(), negatives: ed25519Negatives() },
    ],
    [
      'ed25519-extended.json',
      'BIP32-Ed25519 as Cardano has it: r = SHA-512(kR | message) mod L, S = r + SHA-512(R | A | message) kL mod L',
      { vectors: extendedEntries() },
    ],
    [
      'vrf.json',
      'draft-irtf-cfrg-vrf-03, and draft 13 with batch-compatible proofs; verdicts as cardano-base judges: the key is canonical and not of small order, the point of a proof is canonical, s < L, and both points are multiplied by L - c',
      {
        proofs: VRF_ALGORITHMS.flatMap(vrfProofs),
        verdicts: VRF_ALGORITHMS.flatMap(vrfVerdictEntries),
      },
    ],
    [
      'kes-signing-keys.json',
      'sum composition of Malkin, Micciancio, Miner (section 3.1) in the layout of cardano-crypto-class; sum and compact sum have the same keys; seed = Blake2b-256("evolock seed: depth <depth>")',
      { keys: depths.map(signingKeys) },
    ],
    [
      'kes-signatures.json',
      'the keys of kes-signing-keys.json; message = the first (5 + 13 period) mod 64 bytes of Blake2b-512("evolock message: period <period>")',
      { keys: pairs.map(([algorithm, depth]) => signatures(algorithm, depth)) },
    ],
    [
      'kes-negatives.json',
      'made from the signatures of kes-signatures.json; each must be rejected',
      {
        vectors: pairs.flatMap(([algorithm, depth]) => kesNegatives(algorithm, depth)),
      },
    ],
    [
      'kes-key-negatives.json',
      'the keys of kes-signing-keys.json, changed: patch written over the key of the period at the offset, then cut off or filled with zeroes to the size; level = the innermost whose verification keys are not those that its secrets lead to',
      { vectors: depths.flatMap(keyNegatives) },
    ],
    [
      'kes-rust-form.json',
      'the layout of kes-summed-ed25519: key of kes-signing-keys.json | period as 4 bytes, big endian; a negative is the first size bytes of key | tail',
      {
        positives: depths.flatMap(rustFormPositives),
        negatives: depths.flatMap(rustFormNegatives),
      },
    ],
    [
      'kes-cbor.json',
      'RFC 8949: one byte string of definite length with the shortest head and no tag, as cardano-crypto-class has it; raw bytes from kes-signatures.json at period 0; a negative is head | first kept bytes of the raw ones | tail',
      {
        heads: pairs.map(([algorithm, depth]) => cborHeads(algorithm, depth)),
        negatives: pairs.flatMap(([algorithm, depth]) => cborNegatives(algorithm, depth)),
      },
    ],
  ];
  return new Map(
    made.map(([name, provenance, lists]) => [name, write(GENERATOR, provenance, lists)]),
  );
}

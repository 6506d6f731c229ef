/**
 * The protocol between the runner and a process that is tested: JSON, one object per line, requests on the standard input
 * of the process and one response to each on its standard output, in the order of the requests. Bytes are hexadecimal text
 * in lower case. `schema/stdio-protocol.schema.json` describes the same.
 */
import type { Readable } from 'node:stream';
import type { KesAlgorithmKind, VrfAlgorithmName } from '../algorithms.js';

/** The version that `hello` states on both sides. */
export const PROTOCOL_VERSION = 1;

/** What a process offers of one algorithm at one depth. */
export interface StdioKesOffer {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly name: string;
  readonly totalPeriods: number;
  readonly signatureSize: number;
  readonly signingKeySize: number;
  readonly verificationKeySize: number;
  readonly rust: boolean;
  /**
   * `no`: reading checks lengths and periods only. `yes`: it checks verification keys too. `level`: its errors also
   * name the level.
   */
  readonly checkedRead: 'no' | 'yes' | 'level';
}

/** The response to `hello`. */
export interface StdioHello {
  readonly protocol: number;
  readonly name: string;
  /** Whether the process only verifies; absent: it does everything that it offers. */
  readonly verifiesOnly?: boolean;
  readonly seed: boolean;
  readonly dsign: boolean;
  /** Ed25519 with extended keys; absent: not offered. */
  readonly extended?: boolean;
  /** The VRFs that are offered; absent: none. */
  readonly vrf?: readonly VrfAlgorithmName[];
  readonly kes: readonly StdioKesOffer[];
}

/** A request or a response. Its fields come from another process: nothing is known of them. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * What an operation gives: bytes in the field of that name with `Hex`; `output`, bytes or `null`; `halves`, two seeds;
 * `key`, its number and period; a list, a number or a verdict in the field of that name; or nothing.
 */
export type Gives =
  | 'verificationKey'
  | 'signature'
  | 'proof'
  | 'serialised'
  | 'output'
  | 'halves'
  | 'key'
  | 'sizes'
  | 'period'
  | 'valid'
  | 'nothing';

/**
 * A method of a part of an implementation: the part, the method, its arguments, and what it gives. The arguments are
 * fields with bytes, but `period`, which is a number or absent.
 */
export type Operation = readonly [
  part: 'seed' | 'dsign' | 'extended' | 'vrf' | 'kes' | 'key',
  method: string,
  takes: readonly string[],
  gives: Gives,
];

/** Every operation except `hello`. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'seed.expand': ['seed', 'expand', ['seed'], 'halves'],
  'dsign.deriveVerificationKey': ['dsign', 'deriveVerificationKey', ['seed'], 'verificationKey'],
  'dsign.sign': ['dsign', 'sign', ['seed', 'message'], 'signature'],
  'dsign.verify': ['dsign', 'verify', ['verificationKey', 'message', 'signature'], 'valid'],
  'extended.deriveVerificationKey': [
    'extended',
    'deriveVerificationKey',
    ['extendedKey'],
    'verificationKey',
  ],
  'extended.sign': ['extended', 'sign', ['extendedKey', 'message'], 'signature'],
  'vrf.deriveVerificationKey': ['vrf', 'deriveVerificationKey', ['seed'], 'verificationKey'],
  'vrf.prove': ['vrf', 'prove', ['seed', 'alpha'], 'proof'],
  'vrf.verify': ['vrf', 'verify', ['verificationKey', 'alpha', 'proof'], 'output'],
  'vrf.outputOf': ['vrf', 'outputOf', ['proof'], 'output'],
  'kes.generate': ['kes', 'generateKey', ['seed'], 'key'],
  'kes.read': ['kes', 'readKey', ['serialised', 'period'], 'key'],
  'kes.verify': ['kes', 'verify', ['verificationKey', 'period', 'message', 'signature'], 'valid'],
  'kes.deriveVerificationKey': ['key', 'deriveVerificationKey', [], 'verificationKey'],
  'kes.sign': ['key', 'sign', ['message'], 'signature'],
  'kes.update': ['key', 'update', [], 'period'],
  'kes.serialise': ['key', 'serialise', [], 'serialised'],
  'kes.blockSizes': ['key', 'blockSizes', [], 'sizes'],
  'kes.release': ['key', 'release', [], 'nothing'],
};

/** Calls `use` for each line of a stream of UTF-8 text. The last line may lack its end. */
export function onLines(stream: Readable, use: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) use(line);
  });
  stream.on('end', () => {
    if (rest !== '') use(rest);
    rest = '';
  });
}

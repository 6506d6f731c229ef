/**
 * The protocol between the runner and a process that is tested: JSON, one object per line, requests on the standard input
 * of the process and one response to each on its standard output, in the order of the requests. Bytes are hexadecimal text
 * in lower case. `schema/stdio-protocol.schema.json` describes the same.
 */
import type { Readable } from 'node:stream';
import type { KesAlgorithmKind } from '../vectors/algorithm.js';
import type { VrfAlgorithmName } from '../vectors/vrf.js';

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
  readonly cbor: boolean;
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

/** The algorithm of a request. */
interface About {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
}

/** The VRF of a request. */
interface OfVrf {
  readonly algorithm: VrfAlgorithmName;
}

/** The output of a proof; `null` when the proof is not valid. */
interface VrfOutput {
  readonly outputHex: string | null;
}

/** A key in a process, by the number that the process chose. */
interface Held {
  readonly key: number;
}

/** The fields of the request and of the response of each operation. */
interface StdioOperations {
  readonly hello: [{ readonly protocol: number }, StdioHello];
  readonly 'seed.expand': [
    { readonly seedHex: string },
    { readonly leftHex: string; readonly rightHex: string },
  ];
  readonly 'dsign.deriveVerificationKey': [
    { readonly seedHex: string },
    { readonly verificationKeyHex: string },
  ];
  readonly 'dsign.sign': [
    { readonly seedHex: string; readonly messageHex: string },
    { readonly signatureHex: string },
  ];
  readonly 'dsign.verify': [
    {
      readonly verificationKeyHex: string;
      readonly messageHex: string;
      readonly signatureHex: string;
    },
    { readonly valid: boolean },
  ];
  readonly 'extended.deriveVerificationKey': [
    { readonly extendedKeyHex: string },
    { readonly verificationKeyHex: string },
  ];
  readonly 'extended.sign': [
    { readonly extendedKeyHex: string; readonly messageHex: string },
    { readonly signatureHex: string },
  ];
  readonly 'vrf.deriveVerificationKey': [
    OfVrf & { readonly seedHex: string },
    { readonly verificationKeyHex: string },
  ];
  readonly 'vrf.prove': [
    OfVrf & { readonly seedHex: string; readonly alphaHex: string },
    { readonly proofHex: string },
  ];
  readonly 'vrf.verify': [
    OfVrf & {
      readonly verificationKeyHex: string;
      readonly alphaHex: string;
      readonly proofHex: string;
    },
    VrfOutput,
  ];
  readonly 'vrf.outputOf': [OfVrf & { readonly proofHex: string }, VrfOutput];
  readonly 'kes.generate': [
    About & { readonly seedHex: string; readonly form?: 'rust' },
    Held & { readonly period: number },
  ];
  readonly 'kes.read': [
    About & {
      readonly serialisedHex: string;
      readonly period?: number;
      readonly form?: 'rust';
    },
    Held & { readonly period: number },
  ];
  readonly 'kes.deriveVerificationKey': [Held, { readonly verificationKeyHex: string }];
  readonly 'kes.sign': [Held & { readonly messageHex: string }, { readonly signatureHex: string }];
  readonly 'kes.update': [Held, { readonly period: number }];
  readonly 'kes.serialise': [Held, { readonly serialisedHex: string }];
  readonly 'kes.blockSizes': [Held, { readonly sizes: readonly number[] }];
  readonly 'kes.release': [Held, object];
  readonly 'kes.verify': [
    About & {
      readonly verificationKeyHex: string;
      readonly period: number;
      readonly messageHex: string;
      readonly signatureHex: string;
    },
    { readonly valid: boolean },
  ];
  readonly 'cbor.encodeVerificationKey': [
    About & { readonly verificationKeyHex: string },
    { readonly encodedHex: string },
  ];
  readonly 'cbor.decodeVerificationKey': [
    About & { readonly encodedHex: string },
    { readonly verificationKeyHex: string },
  ];
  readonly 'cbor.encodeSignature': [
    About & { readonly signatureHex: string },
    { readonly encodedHex: string },
  ];
  readonly 'cbor.decodeSignature': [
    About & { readonly encodedHex: string },
    { readonly signatureHex: string },
  ];
}

/** The name of an operation. */
export type StdioOperation = keyof StdioOperations;

/** The fields of a request. */
export type StdioRequest<Operation extends StdioOperation> = StdioOperations[Operation][0];

/** The fields of a response. */
export type StdioResponse<Operation extends StdioOperation> = StdioOperations[Operation][1];

/**
 * Calls `use` for each line of a stream of UTF-8 text. The last line may lack its end.
 *
 * @internal
 */
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

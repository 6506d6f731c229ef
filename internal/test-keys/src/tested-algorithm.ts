import type { DirectDeserialise, DirectSerialise } from '@evolock/direct-serialise';
import type { MLockedSeed } from '@evolock/mlocked-seed';

/** What makes a key of a seed: the algorithms, whose packages stand above this one. */
export interface KeyMaker<Key, Options extends object> {
  generateKey(seed: MLockedSeed, options?: Options): Key;
}

/** What the tests use of a key that evolves. */
export interface TestedKey extends DirectSerialise, Disposable {
  readonly algorithm: { readonly signingKeySize: number };
  readonly period: number;
  deriveVerificationKey(): Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  update(): void;
  release(): void;
}

/** What the tests use of a key evolving scheme. */
export interface TestedAlgorithm
  extends
    KeyMaker<TestedKey, object>,
    DirectDeserialise<TestedKey, { readonly period?: number | undefined }> {
  readonly name: string;
  readonly totalPeriods: number;
  readonly verificationKeySize: number;
  readonly signatureSize: number;
  readonly signingKeySize: number;
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

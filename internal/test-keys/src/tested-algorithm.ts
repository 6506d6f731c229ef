import type { DirectDeserialise, DirectSerialise } from '@evolock/direct-serialise';
import type { MLockedSeed } from '@evolock/mlocked-seed';

/** Makes a key from a seed. The packages of the algorithms depend on this one, so it declares the interface. */
export interface KeyMaker<Key, Options extends object> {
  generateKey(seed: MLockedSeed, options?: Options): Key;
}

/** The members of an evolving key that the tests use. */
export interface TestedKey extends DirectSerialise, Disposable {
  readonly algorithm: { readonly signingKeySize: number };
  readonly period: number;
  deriveVerificationKey(): Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  update(): void;
  release(): void;
}

/** The members of a key evolving scheme that the tests use. */
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

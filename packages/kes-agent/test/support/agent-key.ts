import { pooledAllocator } from '@evolock/mlocked-bytes';
import type { OperationalCertificate } from '@evolock/cardano-kes';
import { serialised } from '@evolock/test-keys';
import { RecordingAllocator } from '@evolock/test-support';
import { joined } from '../../src/wire/bytes.js';
import { encodeKeyHead, encodeKeyTail, type ServiceVersion } from '../../src/wire/service.js';
import { kesKeyOf, TestPool } from './pool.js';

/** The pool of the tests. */
export const pool = new TestPool(1);

/** Another one. */
export const otherPool = new TestPool(2);

/** A key as an agent has it, serialised. */
export interface AgentKey {
  readonly bytes: Uint8Array;
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
}

interface KeyRequest {
  /** Decides the key. */
  readonly seed?: number;
  readonly counter?: number;
  readonly start?: number;
  readonly evolution?: number;
  readonly issuer?: TestPool;
}

/** A key with a certificate. */
export function agentKey(request: KeyRequest = {}): AgentKey {
  const { seed = 7, counter = 0, start = 10, evolution = 0, issuer = pool } = request;
  using signingKey = kesKeyOf(seed, evolution);
  const certificate = issuer.certify(signingKey.deriveVerificationKey(), { counter, start });
  return { bytes: serialised(signingKey), evolution, certificate };
}

/** The message with which an agent pushes a key. */
export function pushOf(key: AgentKey, version: ServiceVersion, timestamp = 0n): Uint8Array {
  return joined(
    encodeKeyHead(version, timestamp),
    key.bytes,
    encodeKeyTail(key.evolution, key.certificate),
  );
}

/** An allocator that records. */
export function recorder(): RecordingAllocator {
  return new RecordingAllocator(pooledAllocator);
}

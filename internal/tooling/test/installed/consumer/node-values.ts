// The same for the packages whose types need the types of Node.js.
import { parseDmqMessage, signDmqMessage, verifyDmqMessage } from '@evolock/cardano-dmq';
import {
  absolutePeriod,
  evolutionOf,
  expiryOf,
  issueCertificate,
  mainnet,
  parseHeader,
  periodOfSlot,
  readKesSigningKey,
  slot,
  verifyHeader,
} from '@evolock/cardano-kes';
import { LockedConnection } from '@evolock/direct-serialise-io';
import { sum6Kes, type KesVerification } from '@evolock/kes-sum';
import { KesVerifyPool } from '@evolock/kes-verify-pool';
import { waitUntilStopped } from '@evolock/memory-scan';

export const numbers = () => ({
  slot: slot(1),
  period: absolutePeriod(1),
  maybe: Math.random() < 2 ? slot(2) : undefined,
});
export const period = () => periodOfSlot(mainnet, slot(1));
export const status = () => evolutionOf(mainnet, absolutePeriod(1), absolutePeriod(2));
export const expiry = () => expiryOf(mainnet, absolutePeriod(1));
export const header = (bytes: Uint8Array) => parseHeader(bytes);
export const verdict = (bytes: Uint8Array) => verifyHeader(bytes, mainnet);
export const keyFile = (path: string) => readKesSigningKey(path);
export const certificate = issueCertificate;
export const message = (bytes: Uint8Array) => parseDmqMessage(bytes);
export const messageVerdict = (bytes: Uint8Array) =>
  verifyDmqMessage(bytes, { parameters: mainnet, now: 0 });
export const signed = signDmqMessage;
export const connection = () => LockedConnection.connect({ host: '127.0.0.1', port: 1 });
export const pool = () => KesVerifyPool.start({ threads: 1 });
export const verdicts = (started: KesVerifyPool, items: Iterable<KesVerification>) =>
  started.verifyMany(sum6Kes, items as never);
export const stopped = (pid: number) => waitUntilStopped(pid);

// The same for the packages whose types need the types of Node.js. What stands below `@evolock/cardano-kes` it does not
// depend on: that re-exports what it names.
import { parseDmqMessage, signDmqMessage, verifyDmqMessage } from '@evolock/cardano-dmq';
import {
  absolutePeriod,
  evolutionOf,
  expiryOf,
  mainnet,
  parseHeader,
  periodOfSlot,
  slot,
  verifyHeader,
} from '@evolock/cardano-headers';
import { issueCertificate, readKesSigningKey } from '@evolock/cardano-kes';
import { lockStatus, pooledAllocator, preflight, sum6Kes } from '@evolock/cardano-kes/all';
import { LockedConnection } from '@evolock/direct-serialise-io';
import { receiveKeys, SignClient } from '@evolock/kes-agent';
import { KesVerifyPool } from '@evolock/verify-threads/signatures';
import { waitUntilStopped } from '@evolock/memory-scan';

export const numbers = () => ({
  slot: slot(1),
  period: absolutePeriod(1),
  maybe: Math.random() < 2 ? slot(2) : undefined,
});
export const locked = () => lockStatus();
export const fits = () => preflight(sum6Kes);
export const allocator = pooledAllocator;
export const client = () =>
  receiveKeys('service.socket', { coldVerificationKey: new Uint8Array(32), parameters: mainnet });
export const held = () => client().ready();
export const signer = () => SignClient.connect('sign.socket');
export const period = () => periodOfSlot(mainnet, slot(1));
export const status = () => evolutionOf(mainnet, absolutePeriod(1), absolutePeriod(2));
export const expiry = () => expiryOf(mainnet, absolutePeriod(1));
export const header = (bytes: Uint8Array) => parseHeader(bytes);
export const verdict = (bytes: Uint8Array) => verifyHeader(bytes, mainnet);
export const keyFile = (path: string) => readKesSigningKey(path);
export const certificate = issueCertificate;
export const message = (bytes: Uint8Array) => parseDmqMessage(bytes);
export const messageVerdict = (bytes: Uint8Array) =>
  verifyDmqMessage(bytes, { parameters: mainnet, now: new Date(0) });
export const signed = signDmqMessage;
export const connection = () => LockedConnection.connect({ host: '127.0.0.1', port: 1 });
export const pool = () => KesVerifyPool.start({ threads: 1 });
export const verdicts = (started: KesVerifyPool) => started.verifyMany(sum6Kes, []);
export const stopped = (pid: number) => waitUntilStopped(pid);

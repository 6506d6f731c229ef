/**
 * The key of a block producer that is never on a disk. Two agents stand for two machines, and each is the peer of the other.
 * A key is staged, certified by the cold key on an offline machine, and installed. A node gets it and forges. A program gets
 * signatures without the key. The first agent restarts, and gets the key back from its peer.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  evolutionOf,
  periodOfSlot,
  preview,
  slotOfDate,
  type AbsolutePeriod,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import { issueCertificate } from '@evolock/cardano-kes';
import { Agent, ControlClient, receiveKeys, SignClient } from '@evolock/kes-agent';
import { ed25519, MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { type Ed25519SigningKey } from '@evolock/kes-sum/all';

const folder = mkdtempSync(join(tmpdir(), 'agent-'));
const socketOf = (agent: string, protocol: string): string => join(folder, agent, protocol);

/** The clock of both machines. The example moves it to a later period. */
let moment = Date.now();
const now = (): Date => new Date(moment);
const period = (): AbsolutePeriod => periodOfSlot(preview, slotOfDate(preview, now()));

function newColdKey(): Ed25519SigningKey {
  using seed = MLockedSeed.newRandom(32);
  return ed25519.generateKey(seed);
}

/** On the offline machine: only verification keys and certificates travel. */
const coldKey = newColdKey();
const coldVerificationKey = coldKey.deriveVerificationKey();

function certify(by: Ed25519SigningKey, hotVerificationKey: Uint8Array): OperationalCertificate {
  return issueCertificate(by, { hotVerificationKey, sequenceNumber: 0n, startPeriod: period() });
}

function startAgent(name: string, peer: string): Promise<Agent> {
  return Agent.start({
    service: socketOf(name, 'service'),
    control: socketOf(name, 'control'),
    sign: socketOf(name, 'sign'),
    bootstrap: [socketOf(peer, 'service')],
    coldVerificationKey,
    parameters: preview,
    now,
    monotonic: () => moment,
  });
}

/** A program in the place of cardano-node: it gets the key and forges. */
async function forge(agent: string): Promise<void> {
  await using node = receiveKeys(socketOf(agent, 'service'), {
    coldVerificationKey,
    parameters: preview,
    now,
    monotonic: () => moment,
  });
  const { signingKey, certificate } = await node.ready();
  const signature = signingKey.sign(headerBody);
  const status = evolutionOf(preview, certificate.startPeriod, period());
  if (status.state !== 'valid') throw new Error(status.state);
  const { hotVerificationKey } = certificate;
  const valid = sum6Kes.verify(hotVerificationKey, status.evolution, headerBody, signature);
  console.log(`a node of the agent ${agent} forges at evolution ${status.evolution}: ${valid}`);
}

/** Ten items that begin with two numbers, as the body of a block header. */
const headerBody = Uint8Array.of(0x8a, 0x01, 0x02, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80);

/** A program that gets signatures, and no key. */
async function sign(agent: string): Promise<void> {
  await using signer = await SignClient.connect(socketOf(agent, 'sign'), { coldVerificationKey });
  const { evolution, signature } = await signer.sign(new TextEncoder().encode('a message'));
  console.log(`a signer gets ${signature.byteLength} bytes at evolution ${evolution}`);
  const refused = await signer.sign(headerBody).catch((error: unknown) => error);
  console.log(`and no block: ${(refused as Error).message}`);
}

let first = await startAgent('first', 'second');
const second = await startAgent('second', 'first');
try {
  const control = new ControlClient(socketOf('first', 'control'));
  const staged = await control.generate();
  console.log(`staged: ${Buffer.from(staged).toString('hex')}`);

  using foreignKey = newColdKey();
  const refused = await control.install(certify(foreignKey, staged)).catch((e: unknown) => e);
  console.log(`with a certificate of another pool: ${(refused as Error).message}`);

  await control.install(certify(coldKey, staged));
  await forge('first');
  await forge('second');
  await sign('first');

  await first.close();
  moment += 3 * 129_600 * 1_000;
  first = await startAgent('first', 'second');
  await forge('first');
} finally {
  await Promise.all([first.close(), second.close()]);
  coldKey.release();
  rmSync(folder, { recursive: true });
}
console.log('all keys are wiped');

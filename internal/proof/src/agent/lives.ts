/**
 * The lives of scanned agents and clients. Each moment of a life is a row of the table: the process is stopped and scanned
 * there.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Agent, ServiceClient } from '@evolock/kes-agent';
import { knownKey } from '../operations/kes.js';
import { layer, MESSAGE, type Life, type Operation } from '../operations/operation.js';
import type { Moment } from '../scan/scanned-process.js';
import { goneRoot, keyAt, released, type Expectation, type Path } from '../secrets/expectation.js';
import { stopAtExit, stopThisProcess } from '../stop.js';
import { runAgent, runClient, signOnce } from './processes.js';
import { EVOLUTIONS, newColdKey, type Scene } from './scene.js';
import { Client, tailOf } from './service.js';

const depth = 6;
/** The first key of a tree, and the leaves at both ends of each half. */
const visited = [0, 1, 31, 32, 63];
const first = keyAt({ depth, period: 0, visited });
const second = keyAt({ depth, period: 1, visited });

/** A random root seed, and what the peer sends. */
class KnownRoot {
  readonly #seed = randomBytes(32);
  readonly key = knownKey(this.#seed);

  at(name: string, expects: Expectation, copies = 1): Moment {
    return { name, known: new Map([['', this.#seed]]), expects, copies };
  }
}

/** The peer sends a key of a random root seed. */
async function pushedRoot(scene: Scene): Promise<KnownRoot> {
  const root = new KnownRoot();
  await scene.push(root.key);
  return root;
}

/** The peer sends a key to an agent whose only client does not read. */
async function pushToBlockedClient(scene: Scene) {
  const client = await Client.connect(scene.files.service);
  client.pause();
  writeFileSync(scene.files.blocked, '');
  const root = new KnownRoot();
  const certificate = await scene.push(root.key);
  await scene.settle();
  return { client, root, certificate };
}

/** Everything that an agent does. */
async function everything(scene: Scene): Promise<void> {
  const client = await Client.connect(scene.files.service);
  await scene.push(knownKey(randomBytes(32)));
  await client.receive();
  await scene.sign();
  await scene.wait(1);
  await scene.control.generate();
  await scene.control.exportStaged();
  await scene.control.dropStaged();
  await scene.control.install(scene.certify(await scene.control.generate()));
  await client.receive();
  await scene.control.drop();
  client.close();
}

/** A client gets another key before and evolves it. */
async function oneKey(scene: Scene): Promise<void> {
  await scene.push(knownKey(randomBytes(32)));
  scene.pass(1);
}

/** The life of an agent or a client. The moments state what is expected. */
const life =
  (run: Operation['run'], rehearse: Life['rehearse']) =>
  (name: string, live: Life['live']): Operation =>
    layer('the agent', { life: { rehearse, live } })(name, goneRoot, run);

/** An agent, and what it does on SIGTERM. */
const agentUntil = (end?: (agent: Agent) => void) => life(runAgent(end), everything);
/** A client, and what it does on SIGTERM. */
const clientUntil = (end: (client: ServiceClient) => void) => life(runClient(end), oneKey);

const servingAgent = agentUntil();
/** Its process stays. */
const closingAgent = agentUntil((agent) => void agent.close().then(stopThisProcess));
/** Its process ends, because nothing is left to do. */
const endingAgent = agentUntil((agent) => {
  stopAtExit();
  void agent.close();
});
/** Its process ends at once. */
const exitingAgent = agentUntil(() => {
  stopAtExit();
  process.exit(0);
});
/** It signs at the period of its clock. */
const signingClient = clientUntil((client) => {
  client.current()?.signingKey.sign(MESSAGE);
  stopThisProcess();
});
/** It waits for its key, signs with it, and leaves. */
const leavingClient = clientUntil((client) => void signOnce(client).then(stopThisProcess));

const SEED = 32;
/** Bytes of a right seed and two verification keys. */
const LEVEL = 96;

/** The seeds in a serialised signing key at its first period: see docs/KES_DIRECT_SERIALISE.md. */
function seedsInKey(bytes: Uint8Array): Map<Path, Uint8Array> {
  const seedAt = (start: number) => bytes.slice(start, start + SEED);
  // The innermost level is the first.
  const rights = Array.from({ length: depth }, (_, level): [Path, Uint8Array] => [
    `${'L'.repeat(depth - 1 - level)}R`,
    seedAt(SEED + level * LEVEL),
  ]);
  return new Map([['L'.repeat(depth), seedAt(0)], ...rights]);
}

/** The end of an agent during a push. */
const endWithStuckPush: Life['live'] = async (scene, { scan, end }) => {
  const { root } = await pushToBlockedClient(scene);
  await end();
  await scan(root.at('nothing is left', released(first)));
};

/** All lives. */
export const lives: readonly Operation[] = [
  servingAgent('a key of a peer', async (scene, { scan }) => {
    const root = await pushedRoot(scene);
    await scan(root.at('received', first));
    const clients = [
      await Client.connect(scene.files.service),
      await Client.connect(scene.files.service),
    ];
    for (const client of clients) await client.receive();
    await scene.settle();
    await scan(root.at('pushed to two clients', first));
    await scene.wait(1);
    await scan(root.at('evolved', second));
    await scene.sign();
    await scan(root.at('signed with', { ...second, signed: true }));
    await scene.wait(36);
    const later = keyAt({ depth, period: 37, visited: [...visited, 36], signed: true });
    await scan(root.at('evolved over 36 periods', later));
    await scene.control.drop();
    await scan(root.at('dropped', released(later)));
  }),
  servingAgent('a push to a client that does not read', async (scene, { scan }) => {
    const { client, root, certificate } = await pushToBlockedClient(scene);
    // The key, and the snapshot that is sent.
    await scan(root.at('waiting', first, 2));
    await client.receiveTo(tailOf(certificate));
    await scene.settle();
    await scan(root.at('ended', first));
  }),
  servingAgent('a push that is stuck when the key evolves', async (scene, { scan }) => {
    const { root } = await pushToBlockedClient(scene);
    await scene.wait(1);
    // Another client gets the key when the snapshot of the last period is wiped.
    const other = await Client.connect(scene.files.service);
    await other.receive();
    await scene.settle();
    await scan(root.at('given up', second));
  }),
  servingAgent('a key that is not kept', async (scene, { scan }) => {
    const replaced = new KnownRoot();
    const certificate = await scene.push(replaced.key);
    const contradicted = new KnownRoot();
    await scene.offer(contradicted.key, certificate, 'invalid-certificate');
    await scan(contradicted.at('refused, its certificate is for another key', released(first)));
    const expired = await pushedRoot(scene);
    await scan(replaced.at('replaced by a newer one', released(first)));
    await scene.wait(EVOLUTIONS);
    await scan(expired.at('expired', released(keyAt({ depth, period: EVOLUTIONS - 1, visited }))));
    const foreign = new KnownRoot();
    using coldKey = newColdKey();
    const certified = scene.certify(foreign.key.verificationKey, coldKey);
    await scene.offer(foreign.key, certified, 'invalid-certificate');
    await scan(foreign.at('refused, another pool certified it', released(first)));
  }),
  servingAgent('a key that the agent generates', async (scene, { scan, copyMemory }) => {
    const verificationKey = await scene.control.generate();
    const scanStaged = await copyMemory();
    await scene.control.install(scene.certify(verificationKey));
    const scanInstalled = await copyMemory();
    const client = await Client.connect(scene.files.service);
    const known = seedsInKey(await client.receive());
    await scene.settle();
    const at = (name: string, expects: Expectation) => ({ name, known, expects, copies: 1 });
    scanStaged(at('staged', first));
    scanInstalled(at('installed', first));
    await scan(at('pushed', first));
    await scene.wait(1);
    await scan(at('evolved', second));
    await scene.sign();
    await scan(at('signed with', { ...second, signed: true }));
    await scene.control.drop();
    await scan(at('dropped', released({ ...second, signed: true })));
  }),
  closingAgent('close() while a push is stuck', endWithStuckPush),
  endingAgent('close() on SIGTERM, at the exit', async (scene, { scan, end }) => {
    const root = await pushedRoot(scene);
    await scene.wait(1);
    await scene.sign();
    await end();
    await scan(root.at('nothing is left', released({ ...second, signed: true })));
  }),
  exitingAgent('process.exit while a push is stuck, at the exit', endWithStuckPush),
  signingClient('a client', async (scene, { scan, end }) => {
    const root = await pushedRoot(scene);
    await scan(root.at('received', first));
    scene.pass(1);
    await end();
    await scan(root.at('evolved and signed with', { ...second, signed: true }));
  }),
  signingClient('a client whose agent drops the key', async (scene, { scan }) => {
    const root = await pushedRoot(scene);
    await scene.pushDrop();
    await scan(root.at('dropped', released(first)));
  }),
  leavingClient('a client that waits for its key, and leaves', async (scene, { scan, end }) => {
    const root = await pushedRoot(scene);
    await end();
    await scan(root.at('nothing is left', released({ ...first, signed: true })));
  }),
];

/**
 * The lives of scanned agents. Each moment of a life is a row of the table: the process is stopped and scanned there.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type Expectation, keyAt, leafPath, type Path, released } from '../secrets/expectation.js';
import type { Operation } from '../operations/operation.js';
import {
  closingAgent,
  endingAgent,
  exitingAgent,
  leavingClient,
  servingAgent,
  signingClient,
} from './agent-operations.js';
import { keyOfSeed, Pool, type Scene } from './scene.js';
import { EVOLUTIONS } from './scene-files.js';
import { Client, tailOf } from './service.js';

/** What has to hold at a moment. */
export interface Moment {
  readonly name: string;
  /** The seeds of the key that are known outside the agent. */
  readonly known: ReadonlyMap<Path, Uint8Array>;
  readonly expects: Expectation;
  /** How many copies of each live seed are in locked memory. */
  readonly copies: number;
}

/** The scanned process, as a life sees it. */
export interface Scanned {
  /** Stops the process and scans it. */
  readonly scan: (moment: Moment) => Promise<void>;
  /** Copies the memory of the process. The result scans the copy. */
  readonly copyMemory: () => Promise<(moment: Moment) => void>;
  /** Sends SIGTERM. Resolves when the process has stopped itself. */
  readonly end: () => Promise<void>;
}

/** The life of one agent or client. */
export interface Life {
  readonly name: string;
  /** What the process does. */
  readonly process: Operation;
  /** What is done several times before with other keys: the optimising compiler compiles a part of it. */
  readonly rehearse: (scene: Scene) => Promise<void>;
  readonly live: (scene: Scene, scanned: Scanned) => Promise<void>;
}

const depth = 6;
/** The first key of a tree, and the leaves at both ends of each half. */
const visited = [0, 1, 31, 32, 63];
const first = keyAt({ depth, period: 0, visited });
const second = keyAt({ depth, period: 1, visited });

/** A random root seed, and what the peer sends. */
class KnownRoot {
  readonly #seed = randomBytes(32);
  readonly key = keyOfSeed(this.#seed);

  at(name: string, expects: Expectation, copies = 1): Moment {
    return { name, known: new Map([['', this.#seed]]), expects, copies };
  }
}

/** The peer sends a key to an agent whose only client does not read. */
async function pushToBlockedClient(scene: Scene, root: KnownRoot) {
  const client = await Client.connect(scene.files.service);
  writeFileSync(scene.files.blocked, '');
  const certificate = await scene.push(root.key);
  await scene.settle();
  return { client, certificate };
}

/** Everything that an agent does. */
async function everything(scene: Scene): Promise<void> {
  const client = await Client.connect(scene.files.service);
  await scene.push(keyOfSeed(randomBytes(32)));
  await client.receive();
  await scene.sign();
  await scene.wait(1);
  await scene.control.generate();
  await scene.control.exportStaged();
  await scene.control.dropStaged();
  await scene.install(await scene.control.generate());
  await client.receive();
  await scene.control.drop();
  client.close();
}

const ofAgent = (name: string, process: Operation, live: Life['live']): Life => ({
  ...{ name, process, live },
  rehearse: everything,
});

/** A client, which gets another key before and evolves it. */
const ofClient = (name: string, process: Operation, live: Life['live']): Life => ({
  ...{ name, process, live },
  async rehearse(scene) {
    await scene.push(keyOfSeed(randomBytes(32)));
    scene.pass(1);
  },
});

function refuse(result: string): void {
  if (result !== 'invalid-certificate') throw new Error(`the agent answered with ${result}`);
}

const SEED = 32;
/** Bytes of a seed; of a right seed and two verification keys. */
const LEVEL = 96;

/**
 * The seeds in a serialised signing key: see docs/KES_DIRECT_SERIALISE.md.
 */
function seedsInKey(bytes: Uint8Array, period: number): Map<Path, Uint8Array> {
  const leaf = leafPath(depth, period);
  const seeds = new Map([[leaf, bytes.slice(0, SEED)]]);
  for (let level = 0; level < depth; level += 1) {
    // The innermost level is the first. The right seed of a level in its right half is used, and zero.
    const parent = leaf.slice(0, depth - 1 - level);
    const start = SEED + level * LEVEL;
    if (leaf[parent.length] === 'L') seeds.set(`${parent}R`, bytes.slice(start, start + SEED));
  }
  return seeds;
}

/** The end of an agent during a push. */
const endWithStuckPush: Life['live'] = async (scene, { scan, end }) => {
  const root = new KnownRoot();
  await pushToBlockedClient(scene, root);
  await end();
  await scan(root.at('nothing is left', released(first)));
};

/** All lives. */
export const lives: readonly Life[] = [
  ofAgent('a key of a peer', servingAgent, async (scene, { scan }) => {
    const root = new KnownRoot();
    await scene.push(root.key);
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
  ofAgent('a push to a client that does not read', servingAgent, async (scene, { scan }) => {
    const root = new KnownRoot();
    const { client, certificate } = await pushToBlockedClient(scene, root);
    // The key, and the snapshot that is sent.
    await scan(root.at('waiting', first, 2));
    await client.receiveTo(tailOf(certificate));
    await scene.settle();
    await scan(root.at('ended', first));
  }),
  ofAgent('a push that is stuck when the key evolves', servingAgent, async (scene, { scan }) => {
    const root = new KnownRoot();
    await pushToBlockedClient(scene, root);
    await scene.wait(1);
    // Another client gets the key when the snapshot of the last period is wiped.
    const other = await Client.connect(scene.files.service);
    await other.receive();
    await scene.settle();
    await scan(root.at('given up', second));
  }),
  ofAgent('a key that is not kept', servingAgent, async (scene, { scan }) => {
    const replaced = new KnownRoot();
    const certificate = await scene.push(replaced.key);
    const contradicted = new KnownRoot();
    refuse(await scene.offer(contradicted.key, certificate));
    await scan(contradicted.at('refused, its certificate is for another key', released(first)));
    const expired = new KnownRoot();
    await scene.push(expired.key);
    await scan(replaced.at('replaced by a newer one', released(first)));
    await scene.wait(EVOLUTIONS);
    await scan(expired.at('expired', released(keyAt({ depth, period: EVOLUTIONS - 1, visited }))));
    const foreign = new KnownRoot();
    using otherPool = new Pool();
    refuse(
      await scene.offer(foreign.key, otherPool.certify(foreign.key.verificationKey, EVOLUTIONS)),
    );
    await scan(foreign.at('refused, another pool certified it', released(first)));
  }),
  ofAgent('a key that the agent generates', servingAgent, async (scene, { scan, copyMemory }) => {
    const verificationKey = await scene.control.generate();
    const scanStaged = await copyMemory();
    await scene.install(verificationKey);
    const scanInstalled = await copyMemory();
    const client = await Client.connect(scene.files.service);
    const known = seedsInKey(await client.receive(), 0);
    await scene.settle();
    const at = (name: string, expects: Expectation): Moment => ({
      name,
      known,
      expects,
      copies: 1,
    });
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
  ofAgent('close() while a push is stuck', closingAgent, endWithStuckPush),
  ofAgent('close() on SIGTERM, at the exit', endingAgent, async (scene, { scan, end }) => {
    const root = new KnownRoot();
    await scene.push(root.key);
    await scene.wait(1);
    await scene.sign();
    await end();
    await scan(root.at('nothing is left', released({ ...second, signed: true })));
  }),
  ofAgent('process.exit while a push is stuck, at the exit', exitingAgent, endWithStuckPush),
  ofClient('a client', signingClient, async (scene, { scan, end }) => {
    const root = new KnownRoot();
    await scene.push(root.key);
    await scan(root.at('received', first));
    scene.pass(1);
    await end();
    await scan(root.at('evolved and signed with', { ...second, signed: true }));
  }),
  ofClient('a client whose agent drops the key', signingClient, async (scene, { scan }) => {
    const root = new KnownRoot();
    await scene.push(root.key);
    await scene.pushDrop();
    await scan(root.at('dropped', released(first)));
  }),
  ofClient(
    'a client that waits for its key, and leaves',
    leavingClient,
    async (scene, { scan, end }) => {
      const root = new KnownRoot();
      await scene.push(root.key);
      await end();
      await scan(root.at('nothing is left', released({ ...first, signed: true })));
    },
  ),
];

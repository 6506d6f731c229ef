/** Clients whose bytes are random, or those of a good client with errors. */
import { readdirSync } from 'node:fs';
import { absolutePeriod } from '@evolock/cardano-headers';
import { lockStatus } from '@evolock/mlocked-bytes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined, u16, u32 } from '../../src/wire/codec.js';
import { command, controlVersions } from '../../src/wire/control.js';
import { serviceVersions } from '../../src/wire/service.js';
import { signRequest, signVersions } from '../../src/wire/sign.js';
import { NodeProcess, startAgent, type RunningAgent } from '../support/agents.js';
import { expectServes, info, installNew, RudeClient, type AgentPaths } from '../support/clients.js';
import { pool } from '../support/pool.js';
import { choiceOf, identifierOf } from '../support/wire.js';

const PERIOD = 4;

interface Attack {
  readonly socket: keyof AgentPaths;
  /** Each is sent when the kernel has the one before. */
  readonly parts: readonly Uint8Array[];
  /** Whether the connection breaks instead of ending. */
  readonly breaks: boolean;
}

const certificate = pool.certify(new Uint8Array(32).fill(5), { counter: 9, start: PERIOD });

const commands = fc.oneof(
  fc
    .constantFrom('generate', 'export', 'drop-staged', 'info', 'drop')
    .map((name) => command('Control:3.0').encode({ command: name })),
  fc.constant(command('Control:3.0').encode({ command: 'install', certificate })),
  fc.nat(65_535).map((number) => u16.encode(number)),
);

const requests = fc.array(
  fc
    .record({
      message: fc.uint8Array({ maxLength: 200 }),
      period: fc.option(fc.nat(10).map(absolutePeriod), { nil: undefined }),
    })
    .map((request) => signRequest(200).encode(request)),
  { maxLength: 4 },
);

const results = fc.array(
  fc.nat(6).map((number) => u32.encode(number)),
  { maxLength: 3 },
);

/** The parts of a dialogue as a good client sends them. */
const dialogues = fc.oneof(
  fc.record({
    socket: fc.constant('control' as const),
    parts: fc
      .tuple(fc.constantFrom(...controlVersions), commands)
      .map(([version, asked]) => [choiceOf(version), identifierOf(version), asked]),
  }),
  fc.record({
    socket: fc.constant('service' as const),
    parts: fc
      .tuple(fc.constantFrom(...serviceVersions), results)
      .map(([version, answers]) => [choiceOf(version), ...answers]),
  }),
  fc.record({
    socket: fc.constant('sign' as const),
    parts: fc
      .tuple(fc.constantFrom(...signVersions), requests)
      .map(([version, all]) => [choiceOf(version), identifierOf(version), ...all]),
  }),
);

type Mistake = (parts: readonly Uint8Array[]) => readonly Uint8Array[];

function inStream(change: (bytes: Uint8Array, at: number) => Uint8Array): fc.Arbitrary<Mistake> {
  return fc.nat(1_000).map((place) => (parts: readonly Uint8Array[]) => {
    const bytes = joined(...parts);
    return bytes.byteLength === 0 ? [bytes] : [change(bytes, place % bytes.byteLength)];
  });
}

const mistakes: fc.Arbitrary<Mistake> = fc.oneof(
  fc.constant<Mistake>((parts) => parts),
  fc
    .nat(255)
    .chain((mask) =>
      inStream((bytes, at) => bytes.map((byte, index) => (index === at ? byte ^ mask : byte))),
    ),
  inStream((bytes, at) => bytes.subarray(0, at)),
  inStream((bytes, at) => bytes.subarray(at)),
  fc
    .uint8Array({ minLength: 1, maxLength: 50 })
    .chain((more) =>
      inStream((bytes, at) => joined(bytes.subarray(0, at), more, bytes.subarray(at))),
    ),
  fc.nat(5).map<Mistake>((at) => (parts) => parts.filter((_part, index) => index !== at)),
  fc
    .nat(5)
    .map<Mistake>(
      (at) => (parts) => parts.flatMap((part, index) => (index === at ? [part, part] : [part])),
    ),
);

const noise = fc.record({
  socket: fc.constantFrom('control' as const, 'service' as const, 'sign' as const),
  parts: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
});

const attacks: fc.Arbitrary<Attack> = fc
  .record({
    dialogue: fc.oneof({ arbitrary: dialogues, weight: 5 }, { arbitrary: noise, weight: 1 }),
    mistake: mistakes,
    breaks: fc.boolean(),
  })
  .map(({ dialogue: { socket, parts }, mistake, breaks }) => ({
    socket,
    parts: mistake(parts),
    breaks,
  }));

/** Runs an attack. The agent closes its connection: otherwise this does not resolve. */
async function attack(paths: AgentPaths, { socket, parts, breaks }: Attack): Promise<void> {
  const client = await RudeClient.to(paths[socket]);
  for (const part of parts) await client.send(part);
  if (breaks) client.socket.destroy();
  else client.socket.end();
  await client.untilClosed();
}

async function attackWith(paths: AgentPaths, runs: number, seed: number): Promise<void> {
  const together = fc.array(attacks, { minLength: 1, maxLength: 6 });
  const property = fc.asyncProperty(together, async (all) => {
    await Promise.all(all.map((each) => attack(paths, each)));
    await info(paths.control);
  });
  // What an attack meets depends on those before it, so a shorter one proves nothing.
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: true });
}

/** Renews the key, uses each socket, and returns what a leak would increase, when no client is connected. */
async function stateAfterUse({ control, paths, events }: RunningAgent, counter: number) {
  await installNew(control, { start: PERIOD, counter });
  await expectServes(paths, PERIOD, { evolution: 0, counter });
  const clients = events.named('client-connected').length;
  while (events.named('client-left', 'client-closed').length < clients)
    await new Promise(setImmediate);
  return { descriptors: readdirSync('/proc/self/fd').length, locked: lockStatus().locked };
}

/** After attacks an agent works as before, and holds nothing of them. */
async function expectOutlives(runs: number, seed: number): Promise<void> {
  // The clock stands still, and so does the limit of signatures.
  const limits = { signaturesPerSecond: 1_000_000 };
  const agent = await startAgent({ period: PERIOD, limits });
  // The first use of each part allocates what stays.
  await attackWith(agent.paths, 20, 0);
  const before = await stateAfterUse(agent, 10);
  const node = new NodeProcess(agent.service, PERIOD);
  await node.next('key');
  await attackWith(agent.paths, runs, seed);
  await installNew(agent.control, { start: PERIOD, counter: 11 });
  await node.next('key', { counter: 11n });
  await node.expectSigns(0, 11);
  await node.kill();
  expect(await stateAfterUse(agent, 12)).toEqual(before);
}

test.each([
  [60, 1],
  [1_500, 2],
  [1_500, 3],
  [1_500, 4],
])('an agent outlives %i groups of clients that send anything, seed %i', expectOutlives);

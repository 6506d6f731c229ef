import { randomBytes } from 'node:crypto';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { LockedConnection } from '@evolock/direct-serialise-io';
import { ServiceClient, type Agent } from '@evolock/kes-agent';
import { MaskedNeedle } from '@evolock/memory-scan';
import { expect, test, vi } from 'vitest';
import { samples } from '../../abuse/src/arguments/kinds.js';
import { surface } from '../../abuse/src/table/surface.js';
import { signOnce } from '../src/agent/processes.js';
import { Scene } from '../src/agent/scene.js';
import { operations, subjectOf } from '../src/operations/all.js';
import type { Operation } from '../src/operations/operation.js';
import { MEETING_PLACE } from '../src/operations/transports.js';
import { withFolder } from '../src/scan/process.js';
import type { Scanned } from '../src/scan/scanned-process.js';

/** Entries whose functions this test does not require, and why. */
const entriesElsewhere: Readonly<Record<string, string>> = {
  '@evolock/kes-verify': 'verifies only, and receives no secret',
  '@evolock/verify-threads': 'verifies only, and receives no secret',
  '@evolock/verify-threads/signatures': 'likewise',
  '@evolock/verify-threads/worker': 'likewise',
  '@evolock/verify-threads/bytes': 'likewise',
  '@evolock/cardano-headers': 'public values only',
  '@evolock/cardano-headers/cbor': 'likewise',
  '@evolock/cardano-headers/certificates': 'likewise',
  '@evolock/cardano-headers/database': 'likewise',
  '@evolock/cardano-headers/genesis': 'likewise',
  '@evolock/cardano-headers/nonces': 'likewise',
  '@evolock/cardano-headers/parts': 'likewise',
  '@evolock/cardano-headers/words': 'likewise',
  '@evolock/sealed-log/words': 'likewise',
  '@evolock/cardano-headers/files':
    'likewise; signing keys are read by cardano-kes, which is scanned',
  '@evolock/cardano-kes/cbor': 'likewise',
  '@evolock/cardano-kes/header-worker': 'likewise',
  '@evolock/cardano-kes/threads': 'likewise',
  '@evolock/cardano-dmq': 'likewise: the signer of the caller has the key',
  '@evolock/memory-scan': 'the scanner: it holds secrets masked, and its own tests scan it',
  '@evolock/test-vectors': 'its seeds are hashes of public labels',
};

/** Functions that no operation has to call, by the reason why they need no scan. */
const withoutSecret: Readonly<Record<string, string>> = {
  'manages memory, and does not read it': 'setLockPolicy lockStatus preflight',
  'describes an algorithm, and holds no key': 'singleKes sumKes sumKesOfDepth',
  'calls write or retire, which are scanned, or lends what they made':
    'KeyFile#get_hasKey KeyFile#get_publicBytes KeyFile#[nodejs.asyncDispose]',
  'the same function as close': 'LockedConnection#[nodejs.asyncDispose]',
  'its new key is unknown outside; sealers are scanned': 'renewLog',
  'calls close': `
    Agent#[nodejs.asyncDispose] Sealer#[nodejs.asyncDispose] ServiceClient#[nodejs.asyncDispose] SignClient#[nodejs.asyncDispose]`,
  'replaces public values; the keys stay as they are': 'Agent#reload',
  'the signer of the caller has the key': 'issueToFileWithSigner',
  'flushes files, and reads none': 'flushFolder',
  'public values only': `
    verifySealedLog countOlderFiles findFirstEntry entryDifferences proveEntry verifyEntryProof readWitnessPolicy nearestName Sealer#get_verifierKey
    Sealer#get_noteVerifierKey Sealer#checkpoint Sealer#erase
    Agent#get_status periodClock verifyMany praosVrf.outputOf praosBatchCompatVrf.outputOf
    parseVerificationKey readCertificate readCounter readReservation readVerificationKey writeVerificationKey
    inspectEnvelopeText nativeHeaders.parseHeader nativeHeaders.verifyHeader nativeHeaders.headerVerifier
    nativeHeaders.certificateVerdict nativeHeaders.poolIdOf headerVerifier.verify
    looksLikeKeyText lockStateOf defaultSocketPath identityOfFile PreparedFile#get_isInPlace PreparedFile#discard
    HeldLock#within HeldLock#get_isWithin certificateRequestText parseCertificateRequest beginsAsKeyFile`,
};
const exempt = Object.values(withoutSecret).flatMap((names) =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => name.replace(/(?<=^new|#get)_/, ' ')),
);

/** Whether an operation can run in this process. It cannot when it ends the process, blocks it, or needs options of node. */
const canBeDone = ({ name, stopsItself, flags, aside }: Operation): boolean =>
  stopsItself !== true && flags === undefined && aside !== true && !name.startsWith('a pipe, ');

/** A life in this process, without scans. */
const unscanned: Scanned = {
  scan: () => Promise.resolve(),
  copyMemory: () => Promise.resolve(() => undefined),
  end: () => Promise.resolve(),
};

async function doOperation({ run, peer, life }: Operation, folder: string): Promise<void> {
  const root = new Uint8Array(randomBytes(32));
  using scene = life && new Scene(folder);
  const endPeer = peer?.meet(join(folder, MEETING_PLACE), root);
  const subject = subjectOf(MaskedNeedle.fromBytes('anything', root), folder);
  const made = await run(subject);
  for (const value of [made].flat()) if (value instanceof LockedConnection) await value.close();
  endPeer?.();
  if (life === undefined) return;
  const running = made as Agent | ServiceClient;
  try {
    await life.rehearse(scene!);
    await life.live(scene!, unscanned);
    // What clients do on SIGTERM. Without a key, the client would wait.
    if (running instanceof ServiceClient && running.current() !== undefined)
      await signOnce(running);
  } finally {
    await running.close();
  }
}

/** The sources of all functions that the engine calls during the work: equal functions of two classes count as one. */
async function sourcesCalledBy(work: () => Promise<void>): Promise<ReadonlySet<string>> {
  const session = new Session();
  session.connect();
  await session.post('Debugger.enable');
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const called = new Set<string>();
  for (const { scriptId, functions } of result) {
    const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId });
    // Without details, a function has one range.
    for (const { count, startOffset, endOffset } of functions.flatMap(({ ranges }) => ranges))
      if (count > 0) called.add(scriptSource.slice(startOffset, endOffset));
  }
  session.disconnect();
  return called;
}

// `printing` calls it.
for (const way of ['log', 'dir', 'table'] as const)
  vi.spyOn(console, way).mockImplementation(() => undefined);
const called = await sourcesCalledBy(async () => {
  for (const operation of operations.filter(canBeDone))
    await withFolder((folder) => doOperation(operation, folder));
});
vi.restoreAllMocks();

const constructors = [...called].filter((source) => source.startsWith('constructor('));
const isCalled = (source: string): boolean =>
  called.has(source) ||
  (source.startsWith('class') && constructors.some((each) => source.includes(each)));

const everything = surface(samples);

test('every public function that touches a secret is called by an operation that is scanned', () => {
  const uncalled = [...everything]
    .filter(([, { call, from }]) => !(from in entriesElsewhere) && !isCalled(String(call)))
    .map(([name]) => name);
  expect(uncalled.filter((name) => !exempt.includes(name))).toEqual([]);
});

test('every function listed as free of secrets exists', () => {
  expect(exempt.filter((name) => !everything.has(name))).toEqual([]);
});

import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MaskedNeedle, scanFile } from '@evolock/memory-scan';
import { Scene } from '../agent/scene.js';
import type { Life, Operation } from '../operations/operation.js';
import { MEETING_PLACE } from '../operations/transports.js';
import { needlesOf, type Needles } from '../secrets/needles.js';
import { scanFor, scannedProcess, type Wanted } from './scanned-process.js';
import { commandOf, withFolder, withStoppedProcess, type ProofOptions } from './process.js';
import { CANARY, failed, judgeFiles, type Verdict } from './verdict.js';

/** How often an operation runs before a warm scan. The optimising compiler has compiled all of it by then. */
export const WARM_UP = 200;

/**
 * The same for the scans as an ordinary user: the compiler has compiled a part of it. Every compiled function may leave
 * other traces of a secret.
 */
export const SHORT_WARM_UP = 20;

/** What the scans of an operation found: of an agent, at each moment of its life. */
export type Proved = readonly (readonly [name: string, verdict: Verdict])[];

/** Runs an operation in a process of its own and scans the process. Never rejects: a failure is a problem. */
export async function prove(operation: Operation, options: ProofOptions = {}): Promise<Proved> {
  const { name, life } = operation;
  const proved: [string, Verdict][] = [];
  try {
    await withFolder(async (folder) => {
      if (life === undefined) proved.push([name, await proveOnce(operation, folder, options)]);
      else
        await proveLife(operation, life, folder, options, (moment, verdict) =>
          proved.push([`${name}: ${moment}`, verdict]),
        );
    }, options);
  } catch (error) {
    proved.push([name, failed(error)]);
  }
  return proved;
}

/** What the process of an operation gets, and what is looked for then. */
export interface Secret extends Wanted {
  readonly root: Uint8Array;
  /** The root seed, masked; empty when the process gets it from its peer. */
  readonly masked: string;
  /** What its files are scanned for. */
  readonly inFiles: Needles | undefined;
}

/** A random root seed, with the needles of everything derived from it. */
export function randomSecret({ expects, files, peer }: Operation): Secret {
  const root = new Uint8Array(randomBytes(32));
  const known = new Map([['', root]]);
  const secret = MaskedNeedle.fromBytes('secret', Uint8Array.from(root));
  return {
    root,
    needles: needlesOf(known, expects),
    inFiles: files && needlesOf(known, files),
    masked: peer?.sends === true ? '' : secret.serialise(),
    canary: MaskedNeedle.random(CANARY, 32),
  };
}

/** Scans the process of an operation once, and the files that it left. */
async function proveOnce(
  operation: Operation,
  folder: string,
  options: ProofOptions,
): Promise<Verdict> {
  const secret = randomSecret(operation);
  const endPeer = operation.peer?.meet(join(folder, MEETING_PLACE), secret.root);
  try {
    const command = commandOf(operation, folder, secret, options);
    return await withStoppedProcess(command, folder, (pid) => {
      const verdict = scanFor(pid, secret);
      const { inFiles } = secret;
      if (inFiles === undefined) return verdict;
      const found = filesOf(pid, folder).flatMap((file) => scanFile(file, inFiles.all).findings);
      return judgeFiles(verdict, found, inFiles);
    });
  } finally {
    endPeer?.();
  }
}

/** The files below a folder, and those that a process has open there, which may have no name any more. */
function filesOf(pid: number, folder: string): string[] {
  const named = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const descriptors = `/proc/${pid}/fd`;
  const opened = readdirSync(descriptors)
    .map((fd) => join(descriptors, fd))
    .filter((fd) => readlinkSync(fd).startsWith(`${folder}/`) && statSync(fd).isFile());
  return [...named, ...opened];
}

/** Runs an agent or a client in a process of its own, and scans it at each moment of its life. */
async function proveLife(
  operation: Operation,
  { rehearse, live }: Life,
  folder: string,
  { repetitions = 0, ...options }: ProofOptions,
  add: (moment: string, verdict: Verdict) => void,
): Promise<void> {
  using scene = new Scene(folder);
  // The process gets no secret of the parent, except those that the peer sends.
  const canary = MaskedNeedle.random(CANARY, 32);
  const command = commandOf(operation, folder, { masked: '', canary }, options);
  await withStoppedProcess(command, folder, async (pid) => {
    process.kill(pid, 'SIGCONT');
    for (let done = 0; done < repetitions; done += 1) await rehearse(scene);
    await live(scene, scannedProcess(pid, folder, canary, add));
  });
}

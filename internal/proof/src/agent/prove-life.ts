import { join } from 'node:path';
import {
  waitUntilStopped,
  withStoppedProcess as whileStopped,
  MaskedNeedle,
} from '@evolock/memory-scan';
import { withStoppedProcess } from '../prove/child-process.js';
import { needlesOf } from '../secrets/needles.js';
import { launchOf, scanFor, withFolder, type ProofOptions, type Wanted } from '../prove/prove.js';
import { CANARY, type Verdict } from '../prove/verdict.js';
import { MemoryCopy } from './memory-copy.js';
import type { Life, Moment, Scanned } from './lives.js';
import { Scene } from './scene/scene.js';

/** What a scan found at a moment of a life. */
export interface ProvedMoment {
  readonly name: string;
  readonly verdict: Verdict;
}

/** Milliseconds for a process to stop. */
const PATIENCE = 120_000;

/** Runs an agent in a process of its own, and scans it at each moment of a life. Rejects never: a failure is a problem. */
export async function proveLife(life: Life, options: ProofOptions = {}): Promise<ProvedMoment[]> {
  const { repetitions = 0, ...rest } = options;
  const proved: ProvedMoment[] = [];
  try {
    await withFolder(async (folder) => {
      using scene = await Scene.prepare(folder);
      // The process gets no secret of the parent, except those that the peer sends.
      const canary = MaskedNeedle.random(CANARY, 32);
      const launch = launchOf(life.process, folder, { masked: '', canary }, rest);
      await withStoppedProcess(launch, async (pid) => {
        process.kill(pid, 'SIGCONT');
        for (let done = 0; done < repetitions; done += 1) await life.rehearse(scene);
        await life.live(scene, new ScannedProcess(pid, folder, canary, proved));
      });
    }, rest);
  } catch (error) {
    const verdict = { locked: 0, unlocked: 0, erased: 0, problems: [String(error)] };
    proved.push({ name: 'failed', verdict });
  }
  return proved;
}

class ScannedProcess implements Scanned {
  readonly #pid: number;
  readonly #folder: string;
  readonly #canary: MaskedNeedle;
  readonly #proved: ProvedMoment[];
  #copies = 0;

  constructor(pid: number, folder: string, canary: MaskedNeedle, proved: ProvedMoment[]) {
    this.#pid = pid;
    this.#folder = folder;
    this.#canary = canary;
    this.#proved = proved;
  }

  readonly scan = async (moment: Moment): Promise<void> => {
    await whileStopped(this.#pid, () => {
      this.#judge(moment, (wanted) => scanFor(this.#pid, wanted));
    });
  };

  readonly copyMemory = async (): Promise<(moment: Moment) => void> => {
    this.#copies += 1;
    const path = join(this.#folder, `memory-${this.#copies}`);
    const copy = await whileStopped(this.#pid, () => new MemoryCopy(this.#pid, path));
    return (moment) => this.#judge(moment, (wanted) => copy.scanFor(wanted));
  };

  readonly end = async (): Promise<void> => {
    process.kill(this.#pid, 'SIGTERM');
    await waitUntilStopped(this.#pid, { timeout: PATIENCE });
  };

  #judge({ name, known, expects, copies }: Moment, scan: (wanted: Wanted) => Verdict): void {
    const needles = needlesOf(known, expects);
    const verdict = scan({ needles, canary: this.#canary });
    const expected = copies * needles.live.size;
    const miscounted =
      verdict.locked === expected
        ? []
        : [`${verdict.locked} copies in locked memory instead of ${expected}`];
    const problems = [...verdict.problems, ...miscounted];
    this.#proved.push({ name, verdict: { ...verdict, problems } });
  }
}

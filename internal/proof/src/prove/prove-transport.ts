import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MaskedNeedle } from '@evolock/memory-scan';
import { withStoppedProcess } from './child-process.js';
import { MEETING_PLACE, type Transport } from '../operations/transfers/transports.js';
import { launchOf, randomSecret, scanFor, withFolder, type ProofOptions } from './prove.js';
import { CANARY, type Verdict } from './verdict.js';

/** The verdicts on both sides. */
export interface TransportVerdicts {
  readonly sender: Verdict;
  readonly receiver: Verdict;
}

/** Sends a key from one process to another, and scans both. */
export function proveTransport(
  { sender, receiver, prepare }: Transport,
  options: ProofOptions = {},
): Promise<TransportVerdicts> {
  const sent = randomSecret(sender.expects);
  // The receiver gets no secret on its command line. It has its own canary.
  const received = { ...sent, masked: '', canary: MaskedNeedle.random(CANARY, 32) };
  return withFolder(async (folder) => {
    const place = join(folder, MEETING_PLACE);
    if (prepare === 'pipe') makePipe(place);
    const receiving = withStoppedProcess(launchOf(receiver, folder, received, options), (pid) =>
      scanFor(pid, received),
    );
    const sending = untilThere(place, receiving).then(() =>
      withStoppedProcess(launchOf(sender, folder, sent, options), async (pid) => {
        const verdict = scanFor(pid, sent);
        // This process stays alive until the other side has received the key.
        await receiving.catch(() => undefined);
        return verdict;
      }),
    );
    const [first, second] = await Promise.all([receiving, sending]);
    return { receiver: first, sender: second };
  }, options);
}

function makePipe(path: string): void {
  const { status, stderr } = spawnSync('mkfifo', ['-m', '666', path]);
  if (status !== 0) throw new Error(`mkfifo failed: ${stderr.toString()}`);
}

/** Waits until the receiver listens, or has failed. */
async function untilThere(path: string, receiving: Promise<unknown>): Promise<void> {
  const failed = receiving.then(
    () => true,
    () => true,
  );
  while (!existsSync(path)) {
    if (await Promise.race([failed, pause(10, false)])) break;
  }
}

/** The module of the thread of a sealer. The key is here, and leaves only for its file. */
import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.js';
import { messageOf, type Answer, type Begin, type Call } from './messages.js';
import { keyMaker } from '../keys/key-file.js';
import type { SealerEvent } from './world.js';

const { path, options, depth } = workerData as Begin;
const send = (answer: Answer): void => parentPort?.postMessage(answer);

function tell(event: SealerEvent): void {
  send({
    kind: 'event',
    event:
      event.event === 'error' ? { event: 'error', error: messageOf(event.error, path) } : event,
  });
}

/** Waits until an old file has ended, at most for the time for which it must not grow. */
async function settled(engine: Engine): Promise<void> {
  await engine.tick();
  const until = performance.now() + options.settle;
  while (engine.waits && performance.now() < until) {
    const left = until - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.min(left + 1, SHORTEST_TICK)));
    await engine.tick();
  }
}

const SHORTEST_TICK = 50;
const LONGEST_TICK = 1000;

/** Answers the calls of the sealer until it is closed. */
async function work(): Promise<void> {
  const engine = await Engine.open(path, options, {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    uptime: () => uptime() * 1000,
    newKey: keyMaker(options.origin, depth),
    first: 0,
    tell,
  });
  const pause = Math.min(LONGEST_TICK, Math.max(SHORTEST_TICK, options.interval / 4));
  const timer = setInterval(() => void engine.tick(), pause);
  const results = {
    seal: () => engine.seal(),
    checkpoint: () => engine.checkpoint(),
    erase: ({ erasing: { entries, reason } = { entries: [], reason: '' } }: Call) =>
      engine.erase(entries, reason),
    async close({ end }: Call) {
      // What cannot be read is told by the last seal.
      if (!end && options.keyFile !== undefined) await settled(engine).catch(() => undefined);
      clearInterval(timer);
      return engine.close(end);
    },
  };
  const answer = (asked: Call): void => {
    const { id, call } = asked;
    results[call](asked)
      .then(
        (result: unknown) => send({ kind: 'done', id, result }),
        (error: unknown) => send({ kind: 'failed', id, error: messageOf(error, path) }),
      )
      .finally(() => {
        // Without a listener the thread ends. Deno has no `parentPort.close()`.
        if (call === 'close') parentPort?.off('message', answer);
      });
  };
  parentPort?.on('message', answer);
  const { verifierKey, noteVerifierKey } = engine;
  send({ kind: 'opened', verifierKey, noteVerifierKey });
  // A new log, and a start, get their seal at once.
  await engine.tick();
}

work().catch((error: unknown) => {
  send({ kind: 'failed', id: 0, error: messageOf(error, path) });
});

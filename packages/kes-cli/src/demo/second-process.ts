/** The program of the second process: its one argument is the path of the Unix socket where the key waits. */
import { lineOf } from '../line-of.js';
import { prove } from './demo-error.js';
import { withReceivedKey } from './key-receiver.js';
import { endMessages, sendMessage } from './message-sender.js';
import { goOn } from './second-life.js';
import { WatchedAllocator } from './watched-allocator.js';

/** Far more than it takes, so that nobody waits for a first process that hangs. */
const TIME_LIMIT = 60_000;

async function receive(): Promise<void> {
  const allocator = new WatchedAllocator();
  const path = process.argv[2] ?? '';
  const signal = AbortSignal.timeout(TIME_LIMIT);
  await withReceivedKey({ path, signal, allocator }, async (key, socket) => {
    await goOn(key, socket);
    const { handedOut, isZero } = allocator;
    await sendMessage(socket, { kind: 'wiped', slots: handedOut, isZero });
    await endMessages(socket);
  });
  prove(allocator.liveSlots === 0, 'the second process has given all slots back');
}

receive().catch((error: unknown) => {
  process.stderr.write(`${lineOf(error)}\n`);
  process.exitCode = 1;
});

// An agent in a process of its own. The first message has its options. Each event of its log goes to the parent, which moves
// its clock, reloads it, takes the locked memory that is left, asks for its state, and closes it.
import { readdirSync } from 'node:fs';
import { Agent } from '@evolock/kes-agent';
import { lockStatus, MLockedBytes } from '@evolock/mlocked-bytes';
import { serveParent } from './serve-parent.mjs';

let now = 0;
let agent;
const taken = [];

/** Takes locked memory, in smaller and smaller pieces, until there is none. */
function exhaust() {
  for (let size = 4_096; size >= 1;) {
    try {
      taken.push(MLockedBytes.newZeroed(size));
    } catch (error) {
      if (error.code !== 'ERR_EVOLOCK_LOCK_LIMIT') throw error;
      size = Math.floor(size / 2);
    }
  }
}

serveParent({
  async start({ time, ...options }) {
    now = time;
    agent = await Agent.start({
      ...options,
      now: () => now,
      monotonic: () => now,
      log: ({ event, facts }) => process.send({ event, facts }),
    });
  },
  clock: (time) => void (now = time),
  reload: (configuration) => agent.reload(configuration),
  state: () => ({
    descriptors: readdirSync('/proc/self/fd').length,
    locked: lockStatus().locked,
  }),
  exhaust,
  giveBack: () => taken.splice(0).forEach((bytes) => bytes.release()),
  close: () => agent.close(),
});

// An agent in a process of its own. The first message has its options. Each event of its log goes to the parent, which moves
// its clock, reloads it, asks for its state, and closes it.
import { readdirSync } from 'node:fs';
import { Agent } from '@evolock/kes-agent';
import { lockStatus } from '@evolock/mlocked-bytes';
import { serveParent } from './serve-parent.mjs';

let now = 0;
let agent;

serveParent({
  async start({ time, ...options }) {
    now = time;
    agent = await Agent.start({
      ...options,
      now: () => now,
      log: ({ event, facts }) => process.send({ event, facts }),
    });
  },
  clock: (time) => void (now = time),
  reload: (configuration) => agent.reload(configuration),
  state: () => ({
    descriptors: readdirSync('/proc/self/fd').length,
    locked: lockStatus().locked,
  }),
  close: () => agent.close(),
});

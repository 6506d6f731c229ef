// An agent, or a program in the place of a node, in a process of its own. The first message has its options. Each event goes to the
// parent, which moves its clock and asks it.
import { Agent, receiveKeys } from '@evolock/kes-agent';
import { MLockedBytes } from '@evolock/mlocked-bytes';

let now = 0;
const clocks = { now: () => new Date(now), monotonic: () => now };
const clock = (time) => void (now = time);
const tell = (event, facts) => process.send({ event, facts });

function agentProgram() {
  let agent;
  const taken = [];
  return {
    async start({ time, ...options }) {
      now = time;
      const log = ({ event, facts }) => tell(event, facts);
      agent = await Agent.start({ ...options, ...clocks, log });
    },
    clock,
    reload: (configuration) => agent.reload(configuration),
    /** Takes locked memory, in smaller and smaller pieces, until there is none. */
    exhaust() {
      for (let size = 4_096; size >= 1;) {
        try {
          taken.push(MLockedBytes.newZeroed(size));
        } catch (error) {
          if (error.code !== 'ERR_EVOLOCK_LOCK_LIMIT') throw error;
          size = Math.floor(size / 2);
        }
      }
    },
    release: () => taken.splice(0).forEach((bytes) => bytes.release()),
    close: () => agent.close(),
  };
}

function nodeProgram() {
  let client;
  return {
    start({ time, path, ...options }) {
      now = time;
      const retry = { delay: 10, exponential: false };
      client = receiveKeys(path, { ...options, ...clocks, retry });
      for (const event of ['connected', 'key', 'drop', 'refused', 'disconnected']) {
        client.on(event, ({ reason, certificate }) =>
          tell(event, { reason, counter: certificate?.sequenceNumber }),
        );
      }
    },
    clock,
    sign(message) {
      const held = client.current();
      if (held === undefined) return undefined;
      const { signingKey, certificate, period } = held;
      const signature = signingKey.sign(message);
      return { signature, evolution: signingKey.period, period, certificate };
    },
    close: () => client.close(),
  };
}

// The messages are answered one after the other. After `close` nothing should keep the process alive. It ends with its parent.
const answers = process.argv[2] === 'agent' ? agentProgram() : nodeProgram();
let isClosed = false;
let turn = Promise.resolve();
process.on('message', ({ name, value, number }) => {
  turn = turn.then(async () => {
    const facts = { number, answer: await answers[name](value) };
    isClosed = name === 'close';
    process.send({ event: 'answer', facts }, () => isClosed && process.disconnect());
  });
});
process.on('disconnect', () => isClosed || process.exit(1));

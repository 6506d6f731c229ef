// A program in the place of a node: it holds the key of an agent. The first message has its options. Each event of its client
// goes to the parent, which moves its clock, and asks for signatures.
import { receiveKeys } from '@evolock/kes-agent';
import { serveParent } from './serve-parent.mjs';

let now = 0;
let client;

serveParent({
  start({ time, path, ...options }) {
    now = time;
    client = receiveKeys(path, {
      ...options,
      now: () => now,
      monotonic: () => now,
      retry: { delay: 10, longestDelay: 100 },
    });
    for (const event of ['connected', 'key', 'drop', 'refused', 'disconnected']) {
      client.on(event, ({ version, reason, certificate }) => {
        process.send({ event, facts: { version, reason, counter: certificate?.sequenceNumber } });
      });
    }
  },
  clock: (time) => void (now = time),
  sign(message) {
    const held = client.current();
    if (held === undefined) return undefined;
    const { signingKey, certificate, period } = held;
    const signature = signingKey.sign(message);
    return { signature, evolution: signingKey.period, period, certificate };
  },
  close: () => client.close(),
});

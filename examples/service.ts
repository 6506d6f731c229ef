/**
 * A service that holds a key and signs the messages that it receives. On SIGTERM or SIGINT it accepts no new request,
 * answers the open ones, wipes the key and ends.
 *
 * A second signal ends it at once. After SIGKILL nothing is wiped.
 */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { releaseAll } from '@evolock/mlocked-bytes/release-all';

const LARGEST_MESSAGE = 65_536;

function newKey() {
  using seed = MLockedSeed.newRandom(32);
  return sum6Kes.generateKey(seed);
}

const key = newKey();

const server = createServer((request, response) => {
  const length = Number(request.headers['content-length'] ?? NaN);
  if (request.method !== 'POST' || !(length <= LARGEST_MESSAGE)) {
    response.writeHead(400, { connection: 'close' }).end();
    return;
  }
  buffer(request).then(
    (message) => {
      // Closes the connection when the service stops: an open connection would keep the process alive.
      if (!server.listening) response.setHeader('connection', 'close');
      response.setHeader('evolock-period', key.period).end(key.sign(message));
    },
    () => response.destroy(),
  );
});

const signals = ['SIGTERM', 'SIGINT'] as const;

function stop(): void {
  // The second signal does not wait for requests. The exit handler wipes the key.
  for (const signal of signals)
    process.removeAllListeners(signal).once(signal, () => process.exit(1));
  // Calls back after the last response.
  server.close(() => void end());
  server.closeIdleConnections();
}

/** Wipes the key. The process then ends by itself, with exit code 0. */
async function end(): Promise<void> {
  await releaseAll();
  console.log('the key is wiped');
}

for (const signal of signals) process.once(signal, stop);

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  console.log(
    JSON.stringify({
      port,
      verificationKey: Buffer.from(key.deriveVerificationKey()).toString('hex'),
    }),
  );
});

/**
 * A service that holds a key, signs what it is sent, and stops right: on SIGTERM or SIGINT it takes no new request,
 * answers those that it has, wipes the key and ends by itself.
 *
 * A second signal ends it at once. SIGKILL never lets it wipe anything.
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
      // Closes the connection too once the service stops: an open one would hold the process.
      if (!server.listening) response.setHeader('connection', 'close');
      response.setHeader('evolock-period', key.period).end(key.sign(message));
    },
    () => response.destroy(),
  );
});

const signals = ['SIGTERM', 'SIGINT'] as const;

function stop(): void {
  // Who asks twice does not wait for requests; the exit handler wipes what is alive.
  for (const signal of signals)
    process.removeAllListeners(signal).once(signal, () => process.exit(1));
  // Calls back when the last request has its answer.
  server.close(() => void end());
  server.closeIdleConnections();
}

/** The process ends by itself, with exit code 0, when nothing is left to do. */
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

/**
 * A service that holds a key, signs what it is sent, and stops right: on SIGTERM or SIGINT it takes no new request,
 * answers those that it has, wipes the key and ends by itself.
 *
 * Never end such a process with `process.exit()` in the middle of a request, and never with SIGKILL.
 */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';

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

function stop(): void {
  // Called when the last request has its answer: nothing uses the key any more.
  server.close(() => {
    key.release();
    console.log('the key is wiped');
  });
  server.closeIdleConnections();
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);

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

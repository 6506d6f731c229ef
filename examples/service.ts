/**
 * A service that signs the messages that it receives, with a key in a file. Each hour since the file was made is a period.
 * On SIGTERM or SIGINT it accepts no new request, answers the open ones, wipes the key in memory and ends.
 *
 * A second signal ends it at once. After SIGKILL nothing is wiped, and the file is whole: the next start goes on with it.
 */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { KeyFile } from '@evolock/direct-serialise-io';
import { MLockedSeed, periodClock, sum6Kes } from '@evolock/kes-sum';
import { releaseAll } from '@evolock/mlocked-bytes/release-all';

const LARGEST_MESSAGE = 65_536;
const HOUR = 3_600; // seconds

/** The key, and beside it the time of its beginning. */
function create() {
  using seed = MLockedSeed.newRandom(32);
  return { key: sum6Kes.generateKey(seed), publicBytes: Buffer.from(String(Date.now())) };
}

const file = await KeyFile.open(process.argv[3] ?? 'service.key', sum6Kes, { create });
const { key } = file;
const start = new Date(Number(Buffer.from(file.publicBytes).toString()));
const hours = periodClock({ start, length: HOUR });

/** When this resolves, neither the process nor the file can sign for an earlier hour. */
async function evolve(): Promise<void> {
  const period = Math.max(key.period, Math.min(hours.periodAt(), sum6Kes.totalPeriods - 1));
  if (period > key.period || !file.saved) await file.write({ period: period });
}

await evolve();
// After a failed write the key in memory has evolved, and the next call writes again.
const timer = setInterval(() => void evolve().catch(console.error), 1000);

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
  clearInterval(timer);
  // The second signal does not wait for requests. The exit handler wipes the key.
  for (const signal of signals)
    process.removeAllListeners(signal).once(signal, () => process.exit(1));
  // Calls back after the last response.
  server.close(() => void end());
  server.closeIdleConnections();
}

/**
 * Writes the key if its last write failed, and wipes it. The process then ends by itself, with exit code 0. When the file
 * cannot be written, it can still sign for earlier hours: the process ends with the error.
 */
async function end(): Promise<void> {
  try {
    await file.close();
  } finally {
    await releaseAll();
    console.log('the key is wiped');
  }
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

/**
 * The process of an agent that is measured: it starts the agent in a folder, and a bare Unix socket that sends each byte
 * back. It prints one line when it listens, and ends when its standard input ends.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { preview } from '@evolock/cardano-kes';
import { Agent } from '@evolock/kes-agent';

const [folder, coldVerificationKey] = process.argv.slice(2);
if (folder === undefined || coldVerificationKey === undefined) throw new Error('two arguments');

const agent = await Agent.start({
  service: join(folder, 'service'),
  control: join(folder, 'control'),
  sign: join(folder, 'sign'),
  coldVerificationKey: Buffer.from(coldVerificationKey, 'hex'),
  parameters: preview,
  limits: { clients: 256, signaturesPerSecond: 1_000_000 },
});
const echo = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.pipe(socket);
}).listen(join(folder, 'echo'), () => console.log('listening'));
process.stdin.resume().once('end', () => {
  echo.close();
  void agent.close();
});

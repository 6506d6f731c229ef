/** The first process's side of handing a key over: a socket, a second process, and what that one has to say. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { EvolockError, type KesSigningKey, type MLockedAllocator } from '@evolock/kes-sum';
import { lineOf } from '../line-of.js';
import { DemoError } from './demo-error.js';
import { sendKey } from './key-sender.js';
import { badEnding, Program } from './program.js';
import { messagesIn, type PublicMessage } from './public-message.js';
import { withSocketPath } from './socket-folder.js';

/** A second process that closed its connection has this long to end, milliseconds. */
const TIME_TO_END = 2_000;

/** What a hand-over takes. */
export interface HandOverOptions {
  /** The program of the second process, which gets the path of the socket as its argument. */
  readonly secondProcess: URL;
  /** Ends the hand-over when it takes too long, or the user has enough. */
  readonly signal: AbortSignal;
  readonly allocator: MLockedAllocator;
}

/** The second process, once the key is on its way to it. */
export interface Receiver {
  readonly pid: number;
  readonly messages: AsyncGenerator<PublicMessage>;
}

/**
 * Sends a key to a second process and follows what it says, until it has ended well. The key stays the caller's to
 * release.
 *
 * @throws {@link DemoError} `HAND_OVER_FAILED`.
 */
export async function handOver(
  key: KesSigningKey,
  options: HandOverOptions,
  follow: (receiver: Receiver) => Promise<void>,
): Promise<void> {
  await withSocketPath(async (path) => {
    const server = await listen(path);
    const program = new Program(options.secondProcess, [path]);
    try {
      await converse(key, { server, program, options, follow });
      await endWell(program);
    } catch (error) {
      throw await explained(error, program, options.signal);
    } finally {
      program.kill();
      server.close();
    }
  });
}

interface Parties {
  readonly server: Server;
  readonly program: Program;
  readonly options: HandOverOptions;
  readonly follow: (receiver: Receiver) => Promise<void>;
}

async function converse(
  key: KesSigningKey,
  { server, program, options, follow }: Parties,
): Promise<void> {
  const socket = await Promise.race([connection(server, options.signal), diedUnconnected(program)]);
  try {
    addAbortSignal(options.signal, socket);
    await sendKey(key, socket, options.allocator);
    socket.setEncoding('utf8');
    await follow({ pid: program.pid, messages: messagesIn(socket as AsyncIterable<string>) });
  } finally {
    socket.destroy();
  }
}

async function listen(path: string): Promise<Server> {
  // Half open: this side ends behind the key, and goes on listening.
  const server = createServer({ allowHalfOpen: true });
  // One receiver: whoever else of this user finds the socket gets no key.
  server.maxConnections = 1;
  server.listen(path);
  await once(server, 'listening');
  return server;
}

async function connection(server: Server, signal: AbortSignal): Promise<Socket> {
  const [socket] = (await once(server, 'connection', { signal })) as [Socket];
  // What goes wrong comes out of writing and reading; an error without a listener would end the process.
  socket.on('error', () => undefined);
  return socket;
}

async function diedUnconnected(program: Program): Promise<never> {
  const ending = await program.ended;
  throw failed(badEnding(ending) ?? 'the second process ended without asking for the key');
}

async function endWell(program: Program): Promise<void> {
  const ending = await Promise.race([program.ended, timeToEnd()]);
  const problem = ending === undefined ? 'the second process does not end' : badEnding(ending);
  if (problem !== undefined) throw failed(problem);
}

/** What really went wrong: how the second process ended says more than the broken connection that it left. */
async function explained(error: unknown, program: Program, signal: AbortSignal): Promise<unknown> {
  if (isOurs(error)) return error;
  if (signal.aborted) return failed(`the hand-over was given up: ${lineOf(signal.reason)}`, error);
  const ending = await Promise.race([program.ended, timeToEnd()]).catch(() => undefined);
  const problem = ending === undefined ? undefined : badEnding(ending);
  return failed(problem ?? lineOf(error), error);
}

/** What went wrong on this side: the second process then failed because of it. */
function isOurs(error: unknown): boolean {
  return (
    error instanceof EvolockError || (error instanceof DemoError && error.problem === 'STEP_FAILED')
  );
}

function timeToEnd(): Promise<undefined> {
  return new Promise((resolve) => {
    AbortSignal.timeout(TIME_TO_END).addEventListener('abort', () => resolve(undefined));
  });
}

function failed(message: string, cause?: unknown): DemoError {
  return new DemoError('HAND_OVER_FAILED', message, { cause });
}

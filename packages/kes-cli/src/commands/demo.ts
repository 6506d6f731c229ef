import { resolve } from 'node:path';
import type { Command } from 'commander';
import { group } from '../command.js';
import { readPublic, STDIN } from '../files/read-public.js';
import type { Session } from '../session.js';
import { Style } from '../style.js';
import type { Surroundings } from '../surroundings.js';

/** The second process is a program of its own, built beside this one. */
const SECOND_PROCESS = new URL('./second-process.js', import.meta.url);

/** `kes demo`: one key's whole life. */
export function demoCommand(session: Session): Command {
  return group(session, 'kes demo', {
    name: 'demo',
    summary: "Show one key's whole life on this machine",
    description:
      "Shows one Sum6 key's whole life: generated in locked memory, signing and evolving, handed to a second process half way, wiped. Every line with a ✓ was checked before it was printed. With a JSON file of block headers it verifies those as well.",
    examples: [
      ['kes demo', "A key's life; no file is written"],
      ['kes demo real-headers.json', 'And every block header of a file'],
    ],
  })
    .argument(
      '[headers.json]',
      'an array of objects with headerHex, network, era, expected; - for standard input',
    )
    .action((path?: string) => show(session, path));
}

/** Far more than the headers of a file, bytes. */
const LARGEST = 268_435_456;

async function show({ surroundings }: Session, path?: string): Promise<void> {
  const { environment, stdout } = surroundings;
  const { demonstrate } = await import('../demo/run.js');
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Handled, so that the socket's folder and the keys go as on any other error; a second one ends it at once.
    process.once(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)));
  }
  // `npm start` runs in the root of the repository; the user's path is relative to where the user is.
  const base = environment['INIT_CWD'] ?? process.cwd();
  await demonstrate({
    ...(path === STDIN
      ? { headersText: await textOfStdin(surroundings) }
      : { headersPath: path === undefined ? undefined : resolve(base, path) }),
    stdout,
    colours: Style.isColoured(stdout, environment),
    secondProcess: SECOND_PROCESS,
    interruption: interruption.signal,
  });
}

async function textOfStdin(surroundings: Surroundings): Promise<string> {
  return new TextDecoder().decode(await readPublic(surroundings, STDIN, LARGEST));
}

#!/usr/bin/env node
/**
 * `evolock-conformance [--max-depth DEPTH] -- COMMAND [ARGUMENT …]`: runs a process through the vectors.
 */
import { parseArgs } from 'node:util';
import { runConformance } from './runner/run-conformance.js';
import { stdioImplementation } from './stdio/client.js';

const USAGE = `usage: evolock-conformance [--max-depth DEPTH] [--timeout MS] -- COMMAND [ARGUMENT …]

Starts COMMAND, which has to speak the protocol of @evolock/test-vectors on its standard input and
output, runs it through the vectors and prints what was covered.

exit code: 0 when every case passed, 1 when one failed or the command could not be talked to,
2 when this text was printed
`;

interface Arguments {
  readonly command: string;
  readonly args: readonly string[];
  readonly maxDepth: number | undefined;
  readonly timeout: number | undefined;
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new TypeError(`expected a number, received ${text}`);
  return Number(text);
}

function readArguments(argv: readonly string[]): Arguments | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { 'max-depth': { type: 'string' }, timeout: { type: 'string' } },
      allowPositionals: true,
    });
    const [command, ...args] = positionals;
    if (command === undefined) return undefined;
    const maxDepth = numberOf(values['max-depth']);
    return { command, args, maxDepth, timeout: numberOf(values.timeout) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

async function main(argv: readonly string[]): Promise<number> {
  const read = readArguments(argv);
  if (read === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { command, args, maxDepth, timeout } = read;
  try {
    const implementation = await stdioImplementation(command, args, { timeout });
    try {
      const { conforms, statement } = await runConformance(implementation, { maxDepth });
      process.stdout.write(`${implementation.name}\n${statement}\n`);
      return conforms ? 0 : 1;
    } finally {
      await implementation.close();
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

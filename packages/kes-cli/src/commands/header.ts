import type { Command } from 'commander';
import { carryOut, group, leaf } from '../cli/command.js';
import { stdinTwice, type Outcome, type Session } from '../cli/session.js';
import { STDIN } from '../cli/text.js';
import { groupsOf } from '../headers/entries.js';
import { judged, sizeOf } from '../headers/judge.js';
import { Progress } from '../headers/progress.js';
import { Tally } from '../headers/tally.js';
import { networkOf, withNetworkOptions, type NetworkOptions } from '../network/network.js';

/** `kes header`: block headers. */
export function headerCommand(session: Session): Command {
  return group(session, 'kes header', {
    summary: 'Verify block headers',
    examples: [['kes header verify --network mainnet header.cbor', 'Is it validly signed?']],
  }).addCommand(verifyCommand(session));
}

/** `kes header verify`: are headers validly signed? */
function verifyCommand(session: Session): Command {
  const command = leaf(session, 'kes header verify', {
    summary: 'Verify the certificate and the KES signature of block headers',
    description:
      'Verifies block headers of any era from Shelley on, as a node does: the certificate by the cold key, the evolution by the slot, the KES signature over the canonical encoding of the body. A file holds headers or blocks in binary, one after the other, also within 24(bytes) or as ChainSync sends them; or headers in hexadecimal, one a line (or a single one, folded). Gzip is unpacked, up to 4 GiB a file. A file NNNNN.chunk is read as the immutable database of a node has it, with its secondary index when there is one. A header has at most 65,536 bytes, a block at most 2,500,000. Of a directory all files are read except hidden ones. Each verdict is printed at once. Files that are not read are printed and counted. With --json each verdict is one line, and the last line is a summary. What needs the state of the ledger is not checked: VRF, stake, certificate counters. Exit code 1: a header is not valid. 4: something is not a header, and no header is invalid. 3: something could not be read, and everything else is valid.',
    examples: [
      ['kes header verify --network mainnet header.cbor', 'One header, with all facts about it'],
      ['kes header verify --network preprod headers/', 'All headers of a directory'],
      ['kes header verify --network mainnet db/immutable', 'The chain of a node'],
      [
        'cat headers.hex | kes header verify --network mainnet --json -',
        'From standard input, for a script',
      ],
    ],
  }).argument('[path...]', 'files and directories, or - for standard input', [STDIN]);
  withNetworkOptions(command);
  return carryOut(session, command, (paths: readonly string[], options: NetworkOptions) =>
    verifyAll(session, paths, options),
  );
}

async function* verifyAll(
  session: Session,
  paths: readonly string[],
  options: NetworkOptions,
): AsyncGenerator<Outcome, void, void> {
  if (paths.filter((path) => path === STDIN).length > 1) throw stdinTwice();
  const parameters = await networkOf(session, options);
  const size = sizeOf(paths);
  const progress = new Progress(session.context, 'headers judged', size);
  const groups = groupsOf(session, paths, (bytes) => progress.read(bytes));
  const tally = new Tally(parameters);
  const { headerWorker: worker } = session.context;
  try {
    for await (const group of judged(groups, { parameters, worker, size }))
      for (const each of group) {
        progress.advance();
        yield tally.count(each);
      }
  } finally {
    progress.end();
  }
  yield tally.outcome();
}

import {
  verdictJson,
  verifyHeader,
  type HeaderVerdict,
  type KesParameters,
} from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { carryOut, leaf } from '../command.js';
import { CommandError } from '../command-error.js';
import { ExitCode } from '../exit-code.js';
import { STDIN } from '../files/read-public.js';
import { headerFacts, headerLine } from '../headers/header-in-words.js';
import { headerSources } from '../headers/header-sources.js';
import { Progress } from '../headers/progress.js';
import {
  networkInWords,
  networkOf,
  withNetworkOptions,
  type NetworkOptions,
} from '../network/network-options.js';
import type { Json, Outcome } from '../outcome.js';
import type { Session } from '../session.js';
import type { Style } from '../style.js';

/** A header that was judged. */
interface Judged {
  readonly name: string;
  readonly verdict: HeaderVerdict;
}

/** `kes header verify`: are headers validly signed? */
export function headerVerifyCommand(session: Session): Command {
  const command = leaf(session, 'kes header verify', {
    name: 'verify',
    summary: 'Verify the certificate and the KES signature of block headers',
    description:
      'Verifies block headers of any era from Shelley on: the certificate by the cold key, the evolution by the slot, the KES signature over the original bytes. A file holds a header or a block in binary, or headers in hexadecimal, one a line (or a single one, folded); of a directory all files are taken but hidden ones. What takes the state of the ledger is not checked: VRF, stake, certificate counters.',
    examples: [
      [
        'kes header verify --network mainnet header.cbor',
        'One header, with all that is known of it',
      ],
      ['kes header verify --network preprod headers/', 'All headers of a directory'],
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

async function verifyAll(
  { surroundings }: Session,
  paths: readonly string[],
  options: NetworkOptions,
): Promise<Outcome> {
  const parameters = await networkOf(surroundings, options);
  const progress = new Progress(surroundings, 'headers verified');
  const judged: Judged[] = [];
  for await (const { name, input } of headerSources(surroundings, paths)) {
    judged.push({ name, verdict: verifyHeader(input, parameters) });
    progress.advance();
  }
  progress.end();
  if (judged.length === 0)
    throw new CommandError('invalid', 'there is no header in what was given');
  return outcomeOf(judged, parameters);
}

function outcomeOf(judged: readonly Judged[], parameters: KesParameters): Outcome {
  const { outOfScope = [] } = judged[0]?.verdict ?? {};
  const bad = judged.filter(({ verdict }) => !verdict.valid).length;
  return {
    exitCode: bad === 0 ? ExitCode.valid : ExitCode.invalid,
    json: {
      valid: bad === 0,
      count: judged.length,
      invalid: bad,
      headers: judged.map(({ name, verdict }) => ({
        source: name,
        // It is JSON, in interfaces, which have no index signature.
        ...(verdictJson(verdict) as unknown as Readonly<Record<string, Json>>),
      })),
    },
    lines: (style) => [
      ...(judged.length === 1 ? oneInWords(judged[0]!, style) : manyInWords(judged, bad, style)),
      '',
      style.faint(`network ${networkInWords(parameters)}`),
      style.faint('NOT checked, since it takes the state of the ledger:'),
      ...outOfScope.map((what) => style.faint(`  ${what}`)),
    ],
  };
}

function oneInWords({ name, verdict }: Judged, style: Style): string[] {
  return [
    style.title(`${name}: ${verdict.valid ? 'validly signed' : 'NOT valid'}`),
    ...headerFacts(verdict, style),
  ];
}

function manyInWords(judged: readonly Judged[], bad: number, style: Style): string[] {
  return [
    ...judged.map(({ name, verdict }) => headerLine(name, verdict, style)),
    '',
    style.verdict(
      bad === 0,
      bad === 0
        ? `all ${judged.length} headers are validly signed`
        : `${bad} of ${judged.length} headers are NOT valid`,
    ),
  ];
}

/** `kes header inspect`: the content of headers, which are not verified. */
import { HeaderError, hexOf, type BlockHeader } from '@evolock/cardano-headers';
import { nativeHeaders, readPublicStart } from '@evolock/cardano-kes';
import {
  headerJson,
  nameOfCut,
  readHeaders,
  resultOfAll,
  type CutGroup,
  type DatabaseResult,
  type Passed,
} from '@evolock/cardano-headers/parts';
import type { Definition } from '@evolock/command-line/command';
import { ExitCode, UNCHECKED } from '@evolock/command-line/errors';
import type { Answer, Fact } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { counted, printable } from '@evolock/command-line/text';
import { EXIT_CODES, headerFacts, passedAnswer, publicReader } from './words.js';

const { parseHeader } = nativeHeaders;

export const headerInspectCommand: Definition = {
  text: `
    Shows the content of block headers: slot, block, pool, keys, certificate. Reads what kes header verify reads, and needs no network. With --json each header is one line, and the last line is a summary. Exit code 4: something is not a header.

    [path...]  files and directories, or - for standard input

    # What does it contain?
    $ kes header inspect header.cbor
    # All headers of a chunk, for a script
    $ kes header inspect --json 00044.chunk`,
  readsStdin: true,
  exitCodes: [...UNCHECKED, ExitCode.incomplete],
  work: inspectHeaders,
};

const NONE = { headers: 0, notHeaders: 0, unusable: 0, notRead: 0, skipped: 0, byron: 0 };

type Found = typeof NONE;

/** The headers of paths, as `kes header verify` finds them. The last answer is the summary. */
async function* inspectHeaders(
  session: Session,
  paths: readonly string[],
): AsyncGenerator<Answer, void, void> {
  const counts = { ...NONE };
  for await (const group of readHeaders(paths, {
    parts: publicReader(session),
    startOf: readPublicStart,
  })) {
    if ('passed' in group) {
      const { passed } = group;
      const name = COUNTED[passed.result];
      if (name !== undefined) counts[name] += passed.count ?? 1;
      yield passedAnswer(passed);
    } else
      for (const answer of inspected(group)) {
        counts['facts' in answer ? 'headers' : 'notHeaders'] += 1;
        yield answer;
      }
  }
  yield summaryOf(counts);
}

function* inspected({ source, cuts }: CutGroup): Generator<Answer, void, void> {
  for (const cut of cuts) {
    const name = printable(nameOfCut(source, cut));
    try {
      const content = contentJson(parseHeader(cut.bytes));
      yield {
        result: `${name}: header, not verified`,
        facts: contentFacts(content),
        json: { source: name, kind: 'header', result: 'not-verified', ...content },
      };
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
      const message = cut.problem ?? error.message;
      yield {
        result: [{ mark: 'unknown', words: `${name}  not a header: ${message}` }],
        json: {
          source: name,
          kind: 'header',
          result: 'not-a-header',
          reasons: [{ code: 'malformed', message }],
        },
      };
    }
  }
}

/** The names are those of a verdict. */
function contentJson(header: BlockHeader) {
  const { certificate, ...json } = headerJson(header);
  return {
    canonical: header.canonical,
    header: {
      ...json,
      leios: json.leios && { ...json.leios },
      certificate: { ...certificate },
      kesSignature: hexOf(header.kesSignature),
    },
  };
}

function contentFacts({ canonical, header }: ReturnType<typeof contentJson>): Fact[] {
  const place = [['previous', header.previousHash ?? 'none: the first block']] as const;
  return headerFacts(header, canonical, place, [
    ['cold key', header.coldVerificationKey],
    ['VRF key', header.vrfVerificationKey],
    ['body', `${counted(header.bodySize, 'byte')}, hash ${header.bodyHash}`],
  ]);
}

function summaryOf(found: Found): Answer {
  const exitCode = exitCodeOf(found);
  return {
    exitCode,
    json: { summary: { exitCode, ...found } },
    after: (style) => [style.faint(`${counted(found.headers, 'header')}, not verified`)],
  };
}

/** Nothing is verified here, so a missing chunk is only said. */
const COUNTED: Readonly<Partial<Record<Passed['result'], keyof Found>>> = {
  byron: 'byron',
  skipped: 'skipped',
  unusable: 'unusable',
  'not-read': 'notRead',
};

function exitCodeOf({ headers, notHeaders, unusable, notRead }: Found): ExitCode {
  const parts: DatabaseResult[] = [];
  if (headers > 0) parts.push('valid');
  if (notRead > 0) parts.push('unreadable');
  if (notHeaders + unusable > 0) parts.push('incomplete');
  return EXIT_CODES[resultOfAll(parts)];
}

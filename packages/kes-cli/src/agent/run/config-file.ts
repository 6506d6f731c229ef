/** The configuration file of the agent, in TOML. */
import { parse, TomlError } from 'smol-toml';
import { CommandError } from '../../cli/errors.js';
import type { Session } from '../../cli/session.js';
import { sourceName } from '../../cli/text.js';
import { readPublic } from '../../files/read.js';
import { settingsOfFile, type Settings } from './settings.js';

/** Bytes, far above real files. */
const LARGEST = 65_536;

/** Reads the settings of a configuration file. */
export async function readConfigFile(session: Session, path: string): Promise<Settings> {
  const bytes = await readPublic(session, path, LARGEST);
  return settingsOfFile(sourceName(path), parsed(path, bytes));
}

function parsed(path: string, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new CommandError('usage', `${sourceName(path)}: it is not TOML${placeIn(cause)}`, {
      cause,
    });
  }
}

/** The message of the parser has several lines, with a picture of the place. */
function placeIn(error: unknown): string {
  if (!(error instanceof TomlError)) return ': it is not text in UTF-8';
  const [problem = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
  return ` at line ${error.line}, column ${error.column}: ${problem}`;
}

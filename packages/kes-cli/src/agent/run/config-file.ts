/** The configuration file of the agent, in TOML. */
import type { Session } from '../../cli/session.js';
import { sourceName } from '../../cli/text.js';
import { readToml } from '../../files/toml.js';
import { settingsOfFile, type Settings } from './settings.js';

/** Reads the settings of a configuration file. */
export async function readConfigFile(session: Session, path: string): Promise<Settings> {
  return settingsOfFile(sourceName(path), await readToml(session, path));
}

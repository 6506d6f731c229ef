import { parseDmqMessage } from '@evolock/cardano-dmq';
import { aboutFile } from '../cli/errors.js';
import type { Answer } from '../cli/answer.js';
import type { Session } from '../cli/session.js';
import { sourceName } from '../cli/text.js';
import { messageFacts, messageJson } from './facts.js';
import { readMessageFile } from './message-file.js';

/** The content of a message, without a check. */
export async function inspectMessage(session: Session, path: string): Promise<Answer> {
  const bytes = await readMessageFile(session, path);
  const message = aboutFile(path, () => parseDmqMessage(bytes), 'it is not a message');
  return {
    json: messageJson(message),
    result: `${sourceName(path)}: message of the queue, not verified`,
    facts: messageFacts(message),
  };
}

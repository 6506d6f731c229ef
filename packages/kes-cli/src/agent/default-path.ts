/** The path of a socket of an agent that no option, variable or file states. */
import { defaultSocketPath } from '@evolock/kes-agent';
import { CommandError } from '../cli/errors.js';

/** The default of the agent and of its clients. */
export function defaultPathOf(
  protocol: 'service' | 'control',
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const path = defaultSocketPath(protocol, environment);
  if (path !== undefined) return path;
  throw new CommandError(
    'usage',
    `give the ${protocol} socket of the agent: --${protocol} <path>. It has no default, because XDG_RUNTIME_DIR is not set to a folder of this user`,
  );
}

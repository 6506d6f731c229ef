import type { Definition } from '@evolock/command-line/command';
import type { RunFlags } from '../agent/run/settings.js';
import { SOCKETS } from '../agent/run/command.js';
import { ExitCode, UNCHECKED, usage } from '@evolock/command-line/errors';
import type { Answer, Fact, Mark } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import type { Style } from '@evolock/command-line/style';
import { ABOUT_LOCKING, type Check, checksOfMachine, CORE_DUMPS } from '../doctor/machine.js';

export const doctorCommand: Definition = {
  text: `
    Checks whether this machine can keep a signing key: locked memory, swap, core dumps, tracing, the inspector of Node.js. It shows how to improve what it finds, and changes nothing. The exit code is 3 when a key cannot be locked in memory, or when core dumps are on or the inspector is open; with --agent also when no agent answers, or others could reach its sockets.

    --agent  check an agent too: that it answers, its sockets and its limits

    # Check this machine
    $ kes doctor
    # The same, for a monitoring script
    $ kes doctor --json
    # Check the sockets and the limits of an agent too
    $ kes doctor --agent --config /etc/kes-agent/kes-agent.toml`,
  options: [SOCKETS],
  exitCodes: UNCHECKED,
  reportsInspector: true,
  work: async (session: Session, options: Options) =>
    answerOf([...checksOfMachine(), ...(await checksOfAgent(session, options))]),
};

interface Options extends RunFlags {
  readonly agent?: boolean;
}

async function checksOfAgent(
  session: Session,
  { agent = false, ...flags }: Options,
): Promise<readonly Check[]> {
  if (agent) {
    const { checkAgent } = await import('../doctor/agent.js');
    return checkAgent(session, flags);
  }
  if (Object.keys(flags).every((name) => name === 'json')) return [];
  throw usage('options about an agent need --agent');
}

function answerOf(checks: readonly Check[]): Answer {
  const able = checks.every(({ state }) => state !== 'bad');
  return {
    exitCode: able ? ExitCode.valid : ExitCode.environment,
    json: { able, checks: checks.map((check) => ({ ...check })) },
    facts: checks.flatMap(({ name, state, found, fix }): Fact[] => [
      [name, found, state satisfies Mark],
      ...(fix === undefined ? [] : [['', `→ ${fix}`] as const]),
    ]),
    after: (style) => [summary(checks, style)],
  };
}

function summary(checks: readonly Check[], style: Style): string {
  const bad = checks.filter(({ state }) => state === 'bad').map(({ name }) => name);
  if (bad.some((name) => ABOUT_LOCKING.includes(name))) {
    return style.bad('No key can be locked in memory here: kes will refuse to load one.');
  }
  if (bad.length > 0) {
    const what = bad.every((name) => name === CORE_DUMPS)
      ? 'turn core dumps off before a key is used here.'
      : 'correct the lines marked ✗ before a key is used here.';
    return style.bad(`Keys can be locked in memory, but ${what}`);
  }
  return checks.some(({ state }) => state === 'weak')
    ? 'Keys can be locked in memory. The lines marked ! can be improved.'
    : style.good('Keys can be locked in memory.');
}

/** The checks of an agent: its sockets, their folders and locks, and its limits. */
import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { lockStateOf } from '@evolock/direct-serialise-io/files';
import { AgentControl } from '../../agent/control/agent-control.js';
import { settingsOf, socketPathsOf, type RunFlags } from '../../agent/run/configuration.js';
import { complaintOf } from '../../cli/errors.js';
import type { Session } from '../../cli/session.js';
import { printable } from '../../cli/text.js';
import { systemText, type Check } from '../check.js';
import { checkFolder } from './folder.js';
import { checkAgentLimits } from './limits.js';
import { checkLock } from './lock.js';
import { checkSocket } from './socket.js';

/** Checks the agent that the options name. */
export async function checkAgent(session: Session, flags: RunFlags): Promise<readonly Check[]> {
  const settings = await settingsOf(session, flags);
  const { service, control, sign } = socketPathsOf(session, settings);
  const { socketGroup, signGroup = socketGroup } = settings;
  const sockets: (readonly [protocol: string, path: string])[] = [
    ['service', service],
    ['control', control],
  ];
  if (sign !== undefined) sockets.push(['sign', sign]);
  const folders = new Map(
    sockets.map(([protocol, path]) => [
      dirname(resolve(path)),
      protocol === 'sign' ? signGroup : socketGroup,
    ]),
  );
  const locks = sockets.map(([, path]) => lockStateOf(path));
  const running = new Set(
    locks.filter((lock) => lock?.state === 'running').map((lock) => lock?.pid),
  );
  return [
    await checkAnswer(control),
    ...[...folders].map(([folder, group]) => checkFolder(folder, group !== undefined)),
    ...sockets.flatMap(([protocol, path], index) => [
      checkSocket(protocol, path),
      checkLock(protocol, path, {
        lock: locks[index],
        hasSocket: lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true,
      }),
    ]),
    ...[...running].flatMap((pid) =>
      pid === undefined ? [] : [checkAgentLimits(systemText, pid)],
    ),
  ];
}

/** Whether an agent answers on the control socket. */
async function checkAnswer(control: string): Promise<Check> {
  const name = 'agent';
  try {
    const { program, installed } = await new AgentControl(control).ask((client) => client.info());
    const holds = installed === undefined ? 'it holds no key' : 'it holds a key';
    return { name, state: 'good', found: `${printable(program ?? 'an agent')} answers; ${holds}` };
  } catch (error) {
    const fix = 'start the agent, or run this as its user; --control or --config names its socket';
    return { name, state: 'bad', found: complaintOf(error).message, fix };
  }
}

/** The checks of an agent: its sockets, their folders and locks, and its limits. */
import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { lockStateOf } from '@evolock/direct-serialise-io/files';
import { settingsOf, socketPathsOf, type RunFlags } from '../../agent/run/configuration.js';
import type { Session } from '../../cli/session.js';
import { systemText, type Check } from '../check.js';
import { checkFolder } from './folder.js';
import { checkAgentLimits } from './limits.js';
import { checkLock } from './lock.js';
import { checkSocket } from './socket.js';

/** Checks the agent that the options name. It may run or not. */
export async function checkAgent(session: Session, flags: RunFlags): Promise<readonly Check[]> {
  const settings = await settingsOf(session, flags);
  const { service, control, sign } = socketPathsOf(settings);
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

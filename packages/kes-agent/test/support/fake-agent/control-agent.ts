import { encodeOffer, readChoice, readIdentifier } from '../../../src/wire/handshake.js';
import {
  controlVersions,
  encodeInfo,
  encodeMaybeKey,
  encodeResult16,
  readCommand,
  type CompleteAgentInfo,
  type ControlCommand,
} from '../../../src/wire/control.js';
import type { Result } from '../../../src/wire/result.js';
import type { FakeAgent } from './fake-agent.js';

/** What a fake agent says. */
export interface ControlAnswers {
  readonly generated?: Uint8Array | undefined;
  readonly staged?: Uint8Array | undefined;
  readonly result?: Result;
  readonly info?: CompleteAgentInfo;
}

/** Answers each command from now on. Returns the commands, which the list collects. */
export function answerCommands(agent: FakeAgent, answers: ControlAnswers): ControlCommand[] {
  const commands: ControlCommand[] = [];
  void (async () => {
    for (;;) {
      const end = await agent.connection();
      await end.write(encodeOffer(controlVersions));
      const version = await readChoice(end, controlVersions);
      if (version === undefined) throw new Error('the client chose no version');
      await readIdentifier(end, version);
      const command = await readCommand(version, end);
      if (command === undefined) throw new Error('the client sent an unknown command');
      commands.push(command);
      await end.write(answerTo(command, answers));
    }
  })();
  return commands;
}

function answerTo({ command }: ControlCommand, answers: ControlAnswers): Uint8Array {
  switch (command) {
    case 'generate':
      return encodeMaybeKey(answers.generated);
    case 'export':
      return encodeMaybeKey(answers.staged);
    case 'drop-staged':
      return encodeMaybeKey(undefined);
    case 'info':
      if (answers.info === undefined) throw new Error('no info');
      return encodeInfo('Control:3.0', answers.info);
    default:
      return encodeResult16(answers.result ?? 'ok');
  }
}

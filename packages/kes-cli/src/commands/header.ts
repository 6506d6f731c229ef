import type { Command } from 'commander';
import { group } from '../command.js';
import type { Session } from '../session.js';
import { headerVerifyCommand } from './header-verify.js';

/** `kes header`: block headers. */
export function headerCommand(session: Session): Command {
  return group(session, 'kes header', {
    name: 'header',
    summary: 'Verify block headers',
    examples: [['kes header verify --network mainnet header.cbor', 'Is it validly signed?']],
  }).addCommand(headerVerifyCommand(session));
}

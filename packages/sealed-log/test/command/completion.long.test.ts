import { testCompletion } from '@evolock/command-testing/completion';
import { program, sealedLog } from './sealed-log.js';

testCompletion('sealed-log', { run: sealedLog, program }, [
  ['fo', 'follow'],
  ['completion ', 'bash fish zsh'],
  ['follow --inter', '--interval'],
  ['help st', 'status'],
  ['verify fi', 'file'],
]);

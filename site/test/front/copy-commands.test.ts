import { expect, test } from 'vitest';
import { commandsOf } from '../../.vitepress/theme/copy-commands.mjs';

test('commands are copied without prompts and output', () => {
  const transcript = ['$ kes keygen \\', '    --skey a', '✓ a key \\', '$5', '$ kes status', ''];
  expect(commandsOf(transcript.join('\n'))).toBe('kes keygen \\\n    --skey a\nkes status');
});

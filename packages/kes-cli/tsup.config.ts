import { buildCommand } from '../../tsup.command.js';

export default buildCommand({
  main: 'src/main.ts',
  'header-worker': 'src/headers/worker.ts',
  manual: 'src/manual.ts',
});

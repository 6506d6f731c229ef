import { buildCommand } from '../../tsup.command.js';

// Beside the library, whose threads it starts.
export default buildCommand(
  { main: 'src/command/main.ts', manual: 'src/command/manual.ts' },
  { clean: false },
);

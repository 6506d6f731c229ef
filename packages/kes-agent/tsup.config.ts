import { build } from '../../tsup.shared.js';

export default build(
  { index: 'src/index.ts', 'control-command': 'src/control-command.ts' },
  // Nothing imports the command, so it has no types.
  { typed: { index: 'src/index.ts' } },
);

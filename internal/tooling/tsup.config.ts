import { build } from '../../tsup.shared.js';

export default build(
  {
    'changeset-check': 'src/release/changeset-check.ts',
    'dry-run': 'src/release/dry-run.ts',
    'release-pack': 'src/release/release-pack.ts',
  },
  { external: ['typescript'] },
);

import { build } from '../../tsup.shared.js';

export default build({ 'dry-run': 'src/release/dry-run.ts' }, { external: ['typescript'] });

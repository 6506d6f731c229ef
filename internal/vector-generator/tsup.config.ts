import { build } from '../../tsup.shared.js';

// The generator, and the processes that the tests drive.
// `test-keys` has tests for vitest too, which these programs do not use.
export default build(['src/generate.ts', 'src/serve.ts'], { external: ['vitest'] });

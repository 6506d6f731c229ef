import { build } from '../../tsup.shared.js';

export default build(['src/index.ts']);

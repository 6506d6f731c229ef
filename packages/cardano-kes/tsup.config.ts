import { build, exportedEntries } from '../../tsup.shared.js';

// To install cbor-x would install a native add-on.
export default build(exportedEntries('.'), { noExternal: ['cbor-x'] });

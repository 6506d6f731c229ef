import type { Breakage } from './breakages.js';
import type { Edit } from './broken-copy.js';

const UNLOCKED = /outside of locked memory/;
const ERASED = /though it had to be gone/;

function agent(code: RegExp, by = ''): Edit {
  return { in: ['kes-agent'], code, by };
}

/** Ways to break the rules of the agent. A key is kept by a global, so that the collector does not find and wipe it. */
export const agentBreakages: readonly Breakage[] = [
  {
    clause: '8b',
    how: 'a push is copied before it is written',
    edits: [
      agent(
        /await directSerialiseToSocket\(channel\.socket/,
        'lease.bytes.withBytes((bytes) => { globalThis.pushed = Buffer.from(bytes); }); $&',
      ),
    ],
    shownBy: 'a key of a peer',
    saying: UNLOCKED,
  },
  {
    clause: '8d',
    how: 'the last push does not wipe the snapshot',
    edits: [agent(/this\.#bytes\.release\(\);(?=\s*this\.#resolveEnd\(\);)/)],
    shownBy: 'a key of a peer',
    saying: /pushed to two clients: 14 copies in locked memory instead of 7/,
  },
  {
    clause: '8d',
    how: 'the snapshot of a past period is kept',
    edits: [agent(/this\.#snapshots\.retire\(\);(?=\s*this\.#tell\(\{\s*change: "evolved")/)],
    shownBy: 'a push that is stuck when the key evolves',
    saying: ERASED,
  },
  {
    clause: '8d',
    how: 'a stuck push is not given up',
    edits: [
      agent(
        /for \(const push\w* of this\.#pushes\) push\w*\(\);\s*this\.#wipe\(\);/,
        'this.#resolveEnd();',
      ),
    ],
    shownBy: 'a push that is stuck when the key evolves',
    saying: ERASED,
  },
  {
    clause: '8e',
    how: 'a dropped key is kept',
    edits: [
      agent(
        /this\.#release\(\);(?=\s*this\.#last = afterDrop)/,
        'globalThis.kept = this.#held?.key; this.#held = void 0; this.#snapshots.retire();',
      ),
    ],
    shownBy: 'a key of a peer',
    saying: /dropped: in locked memory, though it had to be gone/,
  },
  {
    clause: '8e',
    how: 'a replaced key is kept',
    edits: [
      agent(
        /this\.#release\(\);(?=\s*this\.#held = held;)/,
        'globalThis.kept = this.#held?.key; this.#snapshots.retire();',
      ),
    ],
    shownBy: 'a key that is not kept',
    saying: /replaced by a newer one: in locked memory, though it had to be gone/,
  },
  {
    clause: '8e',
    how: 'a key with a wrong certificate is kept',
    edits: [
      agent(
        /if \(outcome\?\.held === void 0\) offered\.signingKey\.release\(\);/,
        'globalThis.kept = offered.signingKey;',
      ),
    ],
    shownBy: 'a key that is not kept',
    saying: /another pool certified it: in locked memory, though it had to be gone/,
  },
  {
    clause: '8e',
    how: 'the close wipes nothing',
    edits: [
      agent(/this\.#snapshots\.abort\(\);\s*this\.#release\(\);/, 'globalThis.kept = this.#held;'),
    ],
    shownBy: 'close() while a push is stuck',
    saying: ERASED,
  },
];

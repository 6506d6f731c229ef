/**
 * The serialised copy of a signing key, in locked memory, from which all pushes of one moment are written. There is at most one:
 * the next one waits until the pushes of the last one have ended.
 */
import type { OperationalCertificate } from '@evolock/cardano-headers';
import { type KesSigningKey } from '@evolock/kes-sum';
import { directSerialiseBufChecked, MLockedBytes } from '@evolock/kes-sum/all';

/** How long a push may continue after its key evolved, in milliseconds. */
const PATIENCE = 5_000;

interface SnapshotContent {
  readonly signingKey: KesSigningKey;
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
  /** Microseconds since 1970. */
  readonly timestamp: bigint;
}

/** The right to send a snapshot until `end` is called. */
export interface Lease {
  /** The serialised signing key. It stays alive and unchanged until `end`. */
  readonly bytes: MLockedBytes;
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
  readonly timestamp: bigint;
  end(): void;
}

/** The snapshots of a held key. */
export class Snapshots {
  #current: Snapshot | undefined;
  #retired: Promise<void> = Promise.resolve();

  /** Resolves when no earlier snapshot is left. */
  get retired(): Promise<void> {
    return this.#retired;
  }

  /**
   * Begins a push from a snapshot, which is made if there is none.
   * `abort` closes the connection of the push, which then ends its lease.
   */
  lease(content: SnapshotContent, abort: () => void): Lease {
    if (this.#current === undefined || this.#current.wiped) this.#current = new Snapshot(content);
    return this.#current.lease(abort);
  }

  /** Serves no later push. The running pushes are aborted when they do not end in time. */
  retire(): void {
    const snapshot = this.#current;
    this.#current = undefined;
    if (snapshot === undefined || snapshot.wiped) return;
    // Resolves to `undefined`, so that the chain keeps no earlier snapshot.
    this.#retired = Promise.all([this.#retired, snapshot.retired()]).then(() => undefined);
  }

  /** Closes the connections of all pushes, and wipes. */
  abort(): void {
    this.#current?.abort();
  }
}

/** It lives while pushes run: the end of the last lease wipes it. */
class Snapshot {
  readonly #bytes: MLockedBytes;
  readonly #content: Omit<Lease, 'end'>;
  /** Each running push, by the function that closes its connection. */
  readonly #pushes = new Set<() => void>();
  readonly #end: Promise<void>;
  #resolveEnd: () => void = () => undefined;

  /** Serialises the key. It may be evolved afterwards. */
  constructor({ signingKey, ...content }: SnapshotContent) {
    this.#end = new Promise((resolve) => (this.#resolveEnd = resolve));
    this.#bytes = MLockedBytes.newZeroed(signingKey.algorithm.signingKeySize);
    try {
      this.#bytes.withBytes((memory) => directSerialiseBufChecked(memory, signingKey));
    } catch (error) {
      this.#bytes.release();
      throw error;
    }
    this.#content = { bytes: this.#bytes, ...content };
  }

  /** Whether the last push has ended. */
  get wiped(): boolean {
    return this.#bytes.released;
  }

  lease(abort: () => void): Lease {
    // A new function for each push: two may share their abort function.
    const push = (): void => abort();
    this.#pushes.add(push);
    return {
      ...this.#content,
      end: () => {
        this.#pushes.delete(push);
        if (this.#pushes.size === 0) this.#wipe();
      },
    };
  }

  /** Waits until all pushes have ended; aborts them when that takes too long. */
  async retired(): Promise<void> {
    const timer = setTimeout(() => this.abort(), PATIENCE);
    await this.#end;
    clearTimeout(timer);
  }

  abort(): void {
    for (const push of this.#pushes) push();
    this.#wipe();
  }

  #wipe(): void {
    this.#bytes.release();
    this.#resolveEnd();
  }
}

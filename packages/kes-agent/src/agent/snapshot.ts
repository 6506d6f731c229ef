import type { OperationalCertificate } from '@evolock/cardano-kes';
import { directSerialiseBufChecked, MLockedBytes, type KesSigningKey } from '@evolock/kes-sum';

/** The key of a snapshot, and what is sent with it. */
export interface SnapshotContent {
  readonly signingKey: KesSigningKey;
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

/**
 * A signing key in serialised form, in locked memory, from which all pushes of one moment are written. It lives while
 * pushes run: the end of the last lease wipes it.
 */
export class Snapshot {
  readonly #bytes: MLockedBytes;
  readonly #content: Omit<Lease, 'end'>;
  /** Each running push, by the function that closes its connection. */
  readonly #pushes = new Set<() => void>();
  readonly #end: Promise<void>;
  #resolveEnd: () => void = () => undefined;

  /** Serialises the key. It may be evolved afterwards. */
  constructor({ signingKey, certificate, timestamp }: SnapshotContent) {
    this.#end = new Promise((resolve) => (this.#resolveEnd = resolve));
    this.#bytes = MLockedBytes.newZeroed(signingKey.algorithm.signingKeySize);
    try {
      this.#bytes.withBytes((memory) => directSerialiseBufChecked(memory, signingKey));
    } catch (error) {
      this.#bytes.release();
      throw error;
    }
    const evolution = signingKey.period;
    this.#content = { bytes: this.#bytes, evolution, certificate, timestamp };
  }

  /** Whether the last push has ended. */
  get wiped(): boolean {
    return this.#bytes.released;
  }

  /**
   * Begins a push.
   *
   * @param abort - Closes the connection of the push, which then ends its lease.
   */
  lease(abort: () => void): Lease {
    // A function of its own: two pushes may have the same way to abort.
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

  /**
   * Waits until all pushes have ended; aborts them after a time.
   *
   * @param patience - Milliseconds.
   */
  async retired(patience: number): Promise<void> {
    const timer = setTimeout(() => this.abort(), patience);
    await this.#end;
    clearTimeout(timer);
  }

  /** Closes the connections of all running pushes, and wipes. */
  abort(): void {
    for (const push of this.#pushes) push();
    this.#wipe();
  }

  #wipe(): void {
    this.#bytes.release();
    this.#resolveEnd();
  }
}

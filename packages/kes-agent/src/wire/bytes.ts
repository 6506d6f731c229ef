/**
 * The numbers and values that the protocols are made of: big endian, no outer framing.
 */

/** Where a decoder gets its bytes: a channel, a locked connection, or bytes in a test. */
export interface ByteSource {
  /**
   * Resolves with exactly `size` bytes. Rejects with the error of the stream when it ends or breaks before, or when its
   * time limit passes.
   */
  read(size: number): Promise<Uint8Array>;
}

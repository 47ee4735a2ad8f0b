package io.sparktron.tensor;

/**
 * One contiguous allocation on a device. Offsets are bytes and 64 bits wide; an allocation may exceed 2 GiB.
 * Closing frees it; tensors over it are invalid from then on.
 */
public interface Memory extends AutoCloseable {
    /** What it was allocated for, as shown in memory tables and errors. */
    String purpose();

    long bytes();

    /** The device's own address of byte 0. */
    long address();

    @Override
    void close();
}

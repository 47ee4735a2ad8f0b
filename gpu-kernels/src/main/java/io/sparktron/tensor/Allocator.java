package io.sparktron.tensor;

/**
 * Where a rank's memory comes from. All of it is asked for before the first step. A communicator may supply the allocator, so
 * that a collective reaches its peers' tensors without a copy (shared memory on the CPU, registered memory on the GPU).
 */
public interface Allocator {
    /**
     * Zero-filled memory, aligned to a page of the host (4096 bytes), or of a GPU to what its driver gives, at least 256 bytes.
     *
     * @param purpose a word for tables and errors, such as {@code gradients}
     * @throws OutOfDeviceMemoryException naming purpose and size
     */
    Memory allocate(String purpose, long bytes);
}

package io.sparktron.collective;

import com.sun.jna.LastErrorException;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.LibC;
import io.sparktron.tensor.OutOfDeviceMemoryException;
import java.util.function.LongConsumer;

/**
 * Memory that several processes map: a file without a name, which vanishes with its last user however that ends, and which does not count
 * against the size of {@code /dev/shm}. A peer finds it as a descriptor of the owner's process.
 *
 * <p>A rank maps the segments of its peers even where these are threads of its own process, so that no peer can unmap what it reads.
 */
record Segment(Handle handle, HostMemory memory) {
    /**
     * How a peer finds a segment.
     *
     * @param owner rank whose process holds the descriptor
     * @param serial number of the segment among its owner's, from 0, never used again
     */
    record Handle(int owner, int serial, int descriptor, long bytes) {}

    /**
     * New zero-filled memory.
     *
     * @param data closing gives the pages back at once, also those that peers still have mapped, which then read as zeros
     * @param onClose is told the address when the memory is closed
     */
    static Segment create(int owner, int serial, String purpose, long bytes, boolean data, LongConsumer onClose) {
        long length = Math.max(bytes, 1);
        int descriptor = -1;
        try {
            descriptor = LibC.memfd_create("sparktron-" + purpose, LibC.MFD_CLOEXEC);
            LibC.ftruncate(descriptor, length);
            long address = map(descriptor, length);
            int fd = descriptor;
            HostMemory memory = HostMemory.wrap(purpose, address, bytes, () -> {
                onClose.accept(address);
                LibC.munmap(address, length);
                if (data) {
                    LibC.fallocate(fd, LibC.FALLOC_FL_PUNCH_HOLE | LibC.FALLOC_FL_KEEP_SIZE, 0, length);
                }
                LibC.close(fd);
            });
            return new Segment(new Handle(owner, serial, descriptor, bytes), memory);
        } catch (LastErrorException e) {
            if (descriptor >= 0) {
                LibC.close(descriptor);
            }
            throw new OutOfDeviceMemoryException("no shared memory for " + purpose + " of " + bytes + " bytes: errno "
                    + e.getErrorCode() + "; raise spark.executor.memoryOverhead or use fewer ranks on this host");
        }
    }

    /** Maps a segment that {@code owner} made. */
    static Segment open(Member owner, Handle handle) {
        String path = "/proc/" + owner.process().id() + "/fd/" + handle.descriptor();
        long length = Math.max(handle.bytes(), 1);
        try {
            int descriptor = LibC.open(path, LibC.O_RDWR | LibC.O_CLOEXEC);
            try {
                long address = map(descriptor, length);
                return new Segment(
                        handle,
                        HostMemory.wrap(
                                "memory of " + owner, address, handle.bytes(), () -> LibC.munmap(address, length)));
            } finally {
                LibC.close(descriptor);
            }
        } catch (LastErrorException e) {
            throw new CommunicatorException(
                    "cannot map the memory of " + owner + ", through " + path + ": " + e.getMessage()
                            + (owner.alive()
                                    ? "; ranks of one host must run as the same user and see each other's processes"
                                    : "; it died"),
                    e);
        }
    }

    private static long map(int descriptor, long length) {
        long address = LibC.mmap(0, length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, descriptor, 0);
        LibC.madvise(address, length, LibC.MADV_HUGEPAGE);
        return address;
    }
}

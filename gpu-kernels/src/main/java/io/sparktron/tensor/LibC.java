package io.sparktron.tensor;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

/** The few system calls that memory outside the heap needs. Constants are those of Linux. */
public final class LibC {
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;
    public static final int MAP_PRIVATE = 2;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_NORESERVE = 0x4000;
    public static final int MADV_HUGEPAGE = 14;
    public static final int MFD_CLOEXEC = 1;
    public static final int O_RDWR = 2;
    public static final int O_CLOEXEC = 0x80000;
    public static final int FALLOC_FL_KEEP_SIZE = 1;
    public static final int FALLOC_FL_PUNCH_HOLE = 2;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    /** Address of the mapping; throws with errno instead of returning MAP_FAILED. */
    public static native long mmap(long address, long length, int protection, int flags, int fd, long offset)
            throws LastErrorException;

    public static native int munmap(long address, long length) throws LastErrorException;

    /** Advice only: the return value may be ignored. */
    public static native int madvise(long address, long length, int advice);

    /** A file without a name, in memory; returns its descriptor. */
    public static native int memfd_create(String name, int flags) throws LastErrorException;

    public static native int ftruncate(int fd, long length) throws LastErrorException;

    public static native int fallocate(int fd, int mode, long offset, long length) throws LastErrorException;

    public static native int open(String path, int flags) throws LastErrorException;

    /** Value of a variable of this process's environment as native code sees it now; null if it is not set. */
    public static native String getenv(String name);

    /** Sets a variable for native code of this process; {@link System#getenv} does not see it. */
    public static native int setenv(String name, String value, int overwrite) throws LastErrorException;

    public static native int close(int fd) throws LastErrorException;
}

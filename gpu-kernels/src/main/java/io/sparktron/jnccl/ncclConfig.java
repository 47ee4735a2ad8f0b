package io.sparktron.jnccl;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/**
 * How a communicator works: {@code ncclConfig_t}, with the attributes of NCCL 2.18; later ones keep their defaults. What is left at {@link #NCCL_CONFIG_UNDEF_INT} or
 * null, NCCL decides.
 */
public final class ncclConfig {
    public static final int NCCL_CONFIG_UNDEF_INT = Integer.MIN_VALUE;

    /** Bytes of the structure in NCCL 2.18 to 2.23; later versions take a shorter one as it is. */
    private static final int BYTES = 48;

    /** Padding up to NCCL 2.25, {@code trafficClass} from 2.26 on, which takes a 0 there for a class. */
    private static final int TRAFFIC_CLASS = 44;

    private static final int MAGIC = 0xcafebeef;
    private static final int VERSION = JNCCL.NCCL_VERSION(2, 18, 1);

    /**
     * 1: functions return when they are done (the default). 0: they return {@link ncclResult#ncclInProgress} at once, {@link JNCCL#ncclCommGetAsyncError} tells when they
     * are done, and {@link JNCCL#ncclCommAbort} may end them.
     */
    public int blocking = NCCL_CONFIG_UNDEF_INT;

    /** Thread block clusters of kernels on GPUs of compute capability 9.0 and later: 0 ... 8. */
    public int cgaClusterSize = NCCL_CONFIG_UNDEF_INT;

    /** Least number of thread blocks of a kernel. */
    public int minCTAs = NCCL_CONFIG_UNDEF_INT;

    /** Largest number of thread blocks of a kernel. */
    public int maxCTAs = NCCL_CONFIG_UNDEF_INT;

    /** The network module to use, such as {@code Socket} or {@code IB}. */
    public String netName;

    /** 1: communicators split from this one share its resources; the default is 0. */
    public int splitShare = NCCL_CONFIG_UNDEF_INT;

    /** As C has it. {@code ncclConfig} is null for NULL. */
    static Pointer toNative(ncclConfig config) {
        return config == null ? null : config.toNative();
    }

    private Pointer toNative() {
        Memory memory = new WithName(netName);
        memory.setLong(0, BYTES);
        memory.setInt(8, MAGIC);
        memory.setInt(12, VERSION);
        memory.setInt(16, blocking);
        memory.setInt(20, cgaClusterSize);
        memory.setInt(24, minCTAs);
        memory.setInt(28, maxCTAs);
        memory.setInt(40, splitShare);
        memory.setInt(TRAFFIC_CLASS, NCCL_CONFIG_UNDEF_INT);
        return memory;
    }

    /** The structure, which keeps the name that it points to. */
    private static final class WithName extends Memory {
        private final Memory name;

        WithName(String text) {
            super(BYTES);
            clear();
            if (text == null) {
                name = null;
            } else {
                name = new Memory(text.length() + 1L);
                name.setString(0, text, "US-ASCII");
            }
            setPointer(32, name);
        }
    }
}

package io.sparktron.jnccl;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/**
 * A communicator: {@code ncclComm_t}. Empty until a function of {@link JNCCL} fills it. Keep it reachable at least until that function, the group around
 * it, or a start that does not block has ended: NCCL writes the handle when the communicator is ready.
 */
public final class ncclComm {
    /** The {@code ncclComm_t*} that NCCL writes to; it may do so after the call. */
    private final Pointer cell;

    /** A communicator to be filled. */
    public ncclComm() {
        Memory memory = new Memory(Long.BYTES);
        memory.clear();
        this.cell = memory;
    }

    /** One of an array. */
    ncclComm(Memory array, int index) {
        this.cell = array.share((long) index * Long.BYTES);
    }

    /** A communicator that other code of this process made, by its {@code ncclComm_t}. */
    public static ncclComm of(long handle) {
        ncclComm comm = new ncclComm();
        comm.cell.setLong(0, handle);
        return comm;
    }

    /** The {@code ncclComm_t}; 0 if there is none (yet). */
    public long handle() {
        return cell.getLong(0);
    }

    static long handle(ncclComm comm) {
        return comm == null ? 0 : comm.handle();
    }

    Pointer cell() {
        return cell;
    }

    @Override
    public String toString() {
        return "ncclComm[0x" + Long.toHexString(handle()) + "]";
    }
}

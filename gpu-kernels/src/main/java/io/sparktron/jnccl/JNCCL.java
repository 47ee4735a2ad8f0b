package io.sparktron.jnccl;

import static io.sparktron.jnccl.ncclComm.handle;

import com.sun.jna.Memory;
import jcuda.NativeAddresses;
import jcuda.Pointer;

/**
 * The functions of {@code nccl.h} under their own names. They return an {@link ncclResult}; {@link #setExceptionsEnabled} makes them throw instead. The
 * communication functions are inherited.
 *
 * <p>As in C: a communicator belongs to the device that was current when it was made, and is used by one thread at a time, except
 * {@link #ncclCommAbort} and {@link #ncclCommGetAsyncError}, which any thread may call.
 */
public final class JNCCL extends Collectives {
    /** A color of {@link #ncclCommSplit}: this rank goes into no new communicator. */
    public static final int NCCL_SPLIT_NOCOLOR = -1;

    private JNCCL() {}

    /** The code of a version, to compare with that of {@link #ncclGetVersion}. */
    public static int NCCL_VERSION(int major, int minor, int patch) {
        return major <= 2 && minor <= 8 ? major * 1000 + minor * 100 + patch : major * 10_000 + minor * 100 + patch;
    }

    /** A code of {@link #NCCL_VERSION} as text, such as {@code 2.23.4}. */
    public static String versionString(int code) {
        int unit = code < 10_000 ? 1000 : 10_000;
        return code / unit + "." + code % unit / 100 + "." + code % 100;
    }

    /** Puts the code of the library's version into {@code version[0]}. */
    public static int ncclGetVersion(int[] version) {
        return checked("ncclGetVersion", NcclLibrary.get().ncclGetVersion(version));
    }

    /** Makes an id for one communicator and listens for its ranks, in this process. {@code ncclSystemError} if no network interface can be used. */
    public static int ncclGetUniqueId(ncclUniqueId uniqueId) {
        return checked("ncclGetUniqueId", NcclLibrary.get().ncclGetUniqueId(uniqueId.internal()));
    }

    /**
     * Makes rank {@code rank} of {@code nranks} of a communicator, on the current device. Waits for the others, which must be other threads or processes, or calls
     * of one group. {@code ncclInvalidArgument} for a rank out of range, {@code ncclInvalidUsage} if two ranks share a GPU, {@code ncclSystemError} or {@code ncclRemoteError} if
     * a rank cannot be reached.
     */
    public static int ncclCommInitRank(ncclComm comm, int nranks, ncclUniqueId commId, int rank) {
        return checked(
                "ncclCommInitRank", NcclLibrary.get().ncclCommInitRank(comm.cell(), nranks, commId.byValue(), rank));
    }

    /**
     * {@link #ncclCommInitRank} with a configuration. With {@code blocking = 0} it returns {@code ncclInProgress}, the communicator may be used once
     * {@link #ncclCommGetAsyncError} says {@code ncclSuccess}, and may be aborted before.
     *
     * @param config null for the defaults
     */
    public static int ncclCommInitRankConfig(
            ncclComm comm, int nranks, ncclUniqueId commId, int rank, ncclConfig config) {
        return checked(
                "ncclCommInitRankConfig",
                NcclLibrary.get()
                        .ncclCommInitRankConfig(
                                comm.cell(), nranks, commId.byValue(), rank, ncclConfig.toNative(config)));
    }

    /**
     * Makes all ranks of a communicator in this process, one for each device.
     *
     * @param comms where they go; element i becomes rank i
     * @param devlist devices by rank; null for 0, 1, 2 ... {@code ncclInvalidUsage} if it names one twice
     */
    public static int ncclCommInitAll(ncclComm[] comms, int[] devlist) {
        Memory cells = new Memory(Math.max(1, (long) comms.length) * Long.BYTES);
        cells.clear();
        int result = NcclLibrary.get().ncclCommInitAll(cells, comms.length, devlist);
        for (int i = 0; i < comms.length; i++) {
            comms[i] = new ncclComm(cells, i);
        }
        return checked("ncclCommInitAll", result);
    }

    /**
     * Divides a communicator: ranks of equal {@code color} form a new one, ordered by {@code key}, then by rank. Every rank calls it, with no operation of the
     * communicator pending.
     *
     * @param color at least 0, or {@link #NCCL_SPLIT_NOCOLOR}: then {@code newcomm} stays empty
     * @param config null to work as {@code comm} does
     */
    public static int ncclCommSplit(ncclComm comm, int color, int key, ncclComm newcomm, ncclConfig config) {
        return checked(
                "ncclCommSplit",
                NcclLibrary.get().ncclCommSplit(handle(comm), color, key, newcomm.cell(), ncclConfig.toNative(config)));
    }

    /** Ends all pending work of a communicator with its peers; then {@link #ncclCommDestroy} need not wait. All ranks call it. */
    public static int ncclCommFinalize(ncclComm comm) {
        return checked("ncclCommFinalize", NcclLibrary.get().ncclCommFinalize(handle(comm)));
    }

    /** Frees a communicator, after finalizing it where that has not been done. It is not to be used afterwards. */
    public static int ncclCommDestroy(ncclComm comm) {
        return checked("ncclCommDestroy", NcclLibrary.get().ncclCommDestroy(handle(comm)));
    }

    /** Ends work that is pending or runs, without the peers, and frees the communicator. Any thread. Peers are not told: each rank aborts its own. */
    public static int ncclCommAbort(ncclComm comm) {
        return checked("ncclCommAbort", NcclLibrary.get().ncclCommAbort(handle(comm)));
    }

    /** What a result means, in words. */
    public static String ncclGetErrorString(int result) {
        return NcclLibrary.get().ncclGetErrorString(result);
    }

    /** The last error of this process in NCCL's words; empty if there was none. {@code comm} is not used and may be null. */
    public static String ncclGetLastError(ncclComm comm) {
        return NcclLibrary.get().ncclGetLastError(handle(comm));
    }

    /**
     * Puts the state of a communicator into {@code asyncError[0]}: {@code ncclSuccess}, {@code ncclInProgress}, or the error that its work met; then it can only
     * be aborted. Any thread.
     */
    public static int ncclCommGetAsyncError(ncclComm comm, int[] asyncError) {
        return checked("ncclCommGetAsyncError", NcclLibrary.get().ncclCommGetAsyncError(handle(comm), asyncError));
    }

    /** Puts the number of ranks into {@code count[0]}. */
    public static int ncclCommCount(ncclComm comm, int[] count) {
        return checked("ncclCommCount", NcclLibrary.get().ncclCommCount(handle(comm), count));
    }

    /** Puts the ordinal of the communicator's device into {@code device[0]}. */
    public static int ncclCommCuDevice(ncclComm comm, int[] device) {
        return checked("ncclCommCuDevice", NcclLibrary.get().ncclCommCuDevice(handle(comm), device));
    }

    /** Puts this rank into {@code rank[0]}. */
    public static int ncclCommUserRank(ncclComm comm, int[] rank) {
        return checked("ncclCommUserRank", NcclLibrary.get().ncclCommUserRank(handle(comm), rank));
    }

    /**
     * Makes a reduction that multiplies every input by a factor, then adds; its number goes to {@code op[0]} and is of use with this communicator only.
     *
     * @param scalar one element of type {@code datatype}
     * @param residence of {@link ncclScalarResidence}
     */
    public static int ncclRedOpCreatePreMulSum(int[] op, Pointer scalar, int datatype, int residence, ncclComm comm) {
        return ncclRedOpCreatePreMulSum(op, NativeAddresses.of(scalar), datatype, residence, comm);
    }

    /** {@link #ncclRedOpCreatePreMulSum(int[], Pointer, int, int, ncclComm)} by address. */
    public static int ncclRedOpCreatePreMulSum(int[] op, long scalar, int datatype, int residence, ncclComm comm) {
        return checked(
                "ncclRedOpCreatePreMulSum",
                NcclLibrary.get().ncclRedOpCreatePreMulSum(op, scalar, datatype, residence, handle(comm)));
    }

    /** Frees a reduction that {@link #ncclRedOpCreatePreMulSum} made. {@code ncclInvalidArgument} for any other. */
    public static int ncclRedOpDestroy(int op, ncclComm comm) {
        return checked("ncclRedOpDestroy", NcclLibrary.get().ncclRedOpDestroy(op, handle(comm)));
    }

    /** Begins a group of this thread: calls until {@link #ncclGroupEnd} start together. Groups nest. */
    public static int ncclGroupStart() {
        return checked("ncclGroupStart", NcclLibrary.get().ncclGroupStart());
    }

    /** Ends a group and starts its calls; returns the first error among them. {@code ncclInvalidUsage} without a group. */
    public static int ncclGroupEnd() {
        return checked("ncclGroupEnd", NcclLibrary.get().ncclGroupEnd());
    }

    /** Puts the address of {@code size} bytes of the current device, in a form that NCCL can register, into {@code pointer[0]}. */
    public static int ncclMemAlloc(long[] pointer, long size) {
        return checked("ncclMemAlloc", NcclLibrary.get().ncclMemAlloc(pointer, size));
    }

    /** Frees what {@link #ncclMemAlloc} gave. */
    public static int ncclMemFree(long pointer) {
        return checked("ncclMemFree", NcclLibrary.get().ncclMemFree(pointer));
    }

    /** Registers memory for use by a communicator without copies inside NCCL; {@code handle[0]} gives it back. */
    public static int ncclCommRegister(ncclComm comm, Pointer buff, long size, long[] handle) {
        return ncclCommRegister(comm, NativeAddresses.of(buff), size, handle);
    }

    /** {@link #ncclCommRegister(ncclComm, Pointer, long, long[])} by address. */
    public static int ncclCommRegister(ncclComm comm, long buff, long size, long[] handle) {
        return checked("ncclCommRegister", NcclLibrary.get().ncclCommRegister(handle(comm), buff, size, handle));
    }

    /** Ends a registration. */
    public static int ncclCommDeregister(ncclComm comm, long handle) {
        return checked("ncclCommDeregister", NcclLibrary.get().ncclCommDeregister(handle(comm), handle));
    }
}

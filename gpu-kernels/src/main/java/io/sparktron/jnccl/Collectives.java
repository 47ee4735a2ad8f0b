package io.sparktron.jnccl;

import static io.sparktron.jnccl.ncclComm.handle;

import jcuda.NativeAddresses;
import jcuda.NativePointerObject;
import jcuda.Pointer;

/**
 * The communication functions. Each exists twice: with objects of JCuda (a {@code Pointer} or {@code CUdeviceptr} to memory of the device, a {@code CUstream} or
 * {@code cudaStream_t}, null for the default stream), and with raw addresses and stream handles.
 *
 * <p>They enqueue on the stream and return; every rank of the communicator must make the same call. Besides what each one says, they return
 * {@code ncclInvalidArgument} for a null communicator or buffer and for an unknown type or reduction, {@code ncclInvalidUsage} after the communicator was aborted or where
 * ranks are known to differ, and, if it does not block, {@code ncclInProgress}. What goes wrong later, {@link JNCCL#ncclCommGetAsyncError} tells.
 */
abstract class Collectives extends Results {
    Collectives() {}

    /**
     * Reduces {@code count} elements of every rank's {@code sendbuff} into {@code recvbuff} of rank {@code root}; other ranks' is not used. In place if
     * the two are equal. {@code ncclInvalidArgument} if there is no such root.
     */
    public static int ncclReduce(
            Pointer sendbuff,
            Pointer recvbuff,
            long count,
            int datatype,
            int op,
            int root,
            ncclComm comm,
            NativePointerObject stream) {
        return ncclReduce(address(sendbuff), address(recvbuff), count, datatype, op, root, comm, address(stream));
    }

    /** {@link #ncclReduce(Pointer, Pointer, long, int, int, int, ncclComm, NativePointerObject)} by addresses. */
    public static int ncclReduce(
            long sendbuff, long recvbuff, long count, int datatype, int op, int root, ncclComm comm, long stream) {
        return checked(
                "ncclReduce",
                NcclLibrary.get().ncclReduce(sendbuff, recvbuff, count, datatype, op, root, handle(comm), stream));
    }

    /** The older, in-place form of {@link #ncclBroadcast}: {@code buff} of {@code root} goes to {@code buff} of all. */
    public static int ncclBcast(
            Pointer buff, long count, int datatype, int root, ncclComm comm, NativePointerObject stream) {
        return ncclBcast(address(buff), count, datatype, root, comm, address(stream));
    }

    /** {@link #ncclBcast(Pointer, long, int, int, ncclComm, NativePointerObject)} by addresses. */
    public static int ncclBcast(long buff, long count, int datatype, int root, ncclComm comm, long stream) {
        return checked("ncclBcast", NcclLibrary.get().ncclBcast(buff, count, datatype, root, handle(comm), stream));
    }

    /**
     * Copies {@code count} elements of {@code root}'s {@code sendbuff} to every rank's {@code recvbuff}; other ranks' {@code sendbuff} is not used. In place if
     * the two are equal. {@code ncclInvalidArgument} if there is no such root.
     */
    public static int ncclBroadcast(
            Pointer sendbuff,
            Pointer recvbuff,
            long count,
            int datatype,
            int root,
            ncclComm comm,
            NativePointerObject stream) {
        return ncclBroadcast(address(sendbuff), address(recvbuff), count, datatype, root, comm, address(stream));
    }

    /** {@link #ncclBroadcast(Pointer, Pointer, long, int, int, ncclComm, NativePointerObject)} by addresses. */
    public static int ncclBroadcast(
            long sendbuff, long recvbuff, long count, int datatype, int root, ncclComm comm, long stream) {
        return checked(
                "ncclBroadcast",
                NcclLibrary.get().ncclBroadcast(sendbuff, recvbuff, count, datatype, root, handle(comm), stream));
    }

    /** Reduces {@code count} elements of every rank's {@code sendbuff} into every rank's {@code recvbuff}. In place if the two are equal. */
    public static int ncclAllReduce(
            Pointer sendbuff,
            Pointer recvbuff,
            long count,
            int datatype,
            int op,
            ncclComm comm,
            NativePointerObject stream) {
        return ncclAllReduce(address(sendbuff), address(recvbuff), count, datatype, op, comm, address(stream));
    }

    /** {@link #ncclAllReduce(Pointer, Pointer, long, int, int, ncclComm, NativePointerObject)} by addresses. */
    public static int ncclAllReduce(
            long sendbuff, long recvbuff, long count, int datatype, int op, ncclComm comm, long stream) {
        return checked(
                "ncclAllReduce",
                NcclLibrary.get().ncclAllReduce(sendbuff, recvbuff, count, datatype, op, handle(comm), stream));
    }

    /**
     * Reduces {@code ranks * recvcount} elements of every rank's {@code sendbuff}; part i of the result, {@code recvcount} elements, goes to {@code recvbuff} of rank i. In place
     * if {@code recvbuff} is this rank's part of {@code sendbuff}.
     */
    public static int ncclReduceScatter(
            Pointer sendbuff,
            Pointer recvbuff,
            long recvcount,
            int datatype,
            int op,
            ncclComm comm,
            NativePointerObject stream) {
        return ncclReduceScatter(address(sendbuff), address(recvbuff), recvcount, datatype, op, comm, address(stream));
    }

    /** {@link #ncclReduceScatter(Pointer, Pointer, long, int, int, ncclComm, NativePointerObject)} by addresses. */
    public static int ncclReduceScatter(
            long sendbuff, long recvbuff, long recvcount, int datatype, int op, ncclComm comm, long stream) {
        return checked(
                "ncclReduceScatter",
                NcclLibrary.get().ncclReduceScatter(sendbuff, recvbuff, recvcount, datatype, op, handle(comm), stream));
    }

    /**
     * Puts {@code sendcount} elements of every rank's {@code sendbuff}, rank 0's first, into every rank's {@code recvbuff} of {@code ranks * sendcount}. In place if
     * {@code sendbuff} is this rank's part of {@code recvbuff}.
     */
    public static int ncclAllGather(
            Pointer sendbuff,
            Pointer recvbuff,
            long sendcount,
            int datatype,
            ncclComm comm,
            NativePointerObject stream) {
        return ncclAllGather(address(sendbuff), address(recvbuff), sendcount, datatype, comm, address(stream));
    }

    /** {@link #ncclAllGather(Pointer, Pointer, long, int, ncclComm, NativePointerObject)} by addresses. */
    public static int ncclAllGather(
            long sendbuff, long recvbuff, long sendcount, int datatype, ncclComm comm, long stream) {
        return checked(
                "ncclAllGather",
                NcclLibrary.get().ncclAllGather(sendbuff, recvbuff, sendcount, datatype, handle(comm), stream));
    }

    /**
     * Sends {@code count} elements to rank {@code peer}, which calls {@link #ncclRecv} with the same count and type. Sends and receives that must
     * go on at the same time, such as an exchange, belong in one group. {@code ncclInvalidArgument} if there is no such peer.
     */
    public static int ncclSend(
            Pointer sendbuff, long count, int datatype, int peer, ncclComm comm, NativePointerObject stream) {
        return ncclSend(address(sendbuff), count, datatype, peer, comm, address(stream));
    }

    /** {@link #ncclSend(Pointer, long, int, int, ncclComm, NativePointerObject)} by addresses. */
    public static int ncclSend(long sendbuff, long count, int datatype, int peer, ncclComm comm, long stream) {
        return checked("ncclSend", NcclLibrary.get().ncclSend(sendbuff, count, datatype, peer, handle(comm), stream));
    }

    /** Receives what rank {@code peer} sends with {@link #ncclSend}. {@code ncclInvalidArgument} if there is no such peer. */
    public static int ncclRecv(
            Pointer recvbuff, long count, int datatype, int peer, ncclComm comm, NativePointerObject stream) {
        return ncclRecv(address(recvbuff), count, datatype, peer, comm, address(stream));
    }

    /** {@link #ncclRecv(Pointer, long, int, int, ncclComm, NativePointerObject)} by addresses. */
    public static int ncclRecv(long recvbuff, long count, int datatype, int peer, ncclComm comm, long stream) {
        return checked("ncclRecv", NcclLibrary.get().ncclRecv(recvbuff, count, datatype, peer, handle(comm), stream));
    }

    private static long address(Pointer pointer) {
        return NativeAddresses.of(pointer);
    }

    private static long address(NativePointerObject stream) {
        return NativeAddresses.of(stream);
    }
}

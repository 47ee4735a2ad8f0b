package io.sparktron.jnccl;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** The C functions, bound once; JNA unpacks its own library under a name of each process's own, so that several may start at once. */
final class NcclLibrary {
    static final String FILE = "libnccl.so.2";

    private static final String ADVICE = "install NCCL 2.19 or later for CUDA 12 (package libnccl2, or the folder of"
            + " nvidia-nccl-cu12) and name its folder in LD_LIBRARY_PATH";

    private static final NcclLibrary INSTANCE = new NcclLibrary();

    /** Why there are no functions, or null. */
    private static final NcclException FAILURE = bind();

    private NcclLibrary() {}

    /** The functions; throws if they cannot be had. */
    static NcclLibrary get() {
        if (FAILURE != null) {
            throw new NcclException(FAILURE.getMessage(), FAILURE);
        }
        return INSTANCE;
    }

    private static NcclException bind() {
        try {
            NativeLibrary library = NativeLibrary.getInstance(FILE);
            int[] version = new int[1];
            library.getFunction("ncclGetVersion").invokeInt(new Object[] {version});
            if (version[0] < JNCCL.NCCL_VERSION(2, 19, 0)) {
                return new NcclException(
                        library.getFile() + " is NCCL " + JNCCL.versionString(version[0]) + ": " + ADVICE,
                        ncclResult.ncclSystemError);
            }
            Native.register(NcclLibrary.class, library);
            return null;
        } catch (UnsatisfiedLinkError e) {
            return new NcclException(FILE + " cannot be used: " + ADVICE + " (" + reason(e) + ")", e);
        }
    }

    /** What the loader said: JNA's message has a heading, then a line for each attempt. */
    private static String reason(UnsatisfiedLinkError e) {
        return String.valueOf(e.getMessage())
                .lines()
                .skip(1)
                .findFirst()
                .orElse(e.getMessage())
                .strip();
    }

    native int ncclGetVersion(int[] version);

    native int ncclGetUniqueId(byte[] uniqueId);

    native int ncclCommInitRank(Pointer comm, int nranks, ncclUniqueId.ByValue commId, int rank);

    native int ncclCommInitRankConfig(Pointer comm, int nranks, ncclUniqueId.ByValue commId, int rank, Pointer config);

    native int ncclCommInitAll(Pointer comms, int ndev, int[] devlist);

    native int ncclCommSplit(long comm, int color, int key, Pointer newcomm, Pointer config);

    native int ncclCommFinalize(long comm);

    native int ncclCommDestroy(long comm);

    native int ncclCommAbort(long comm);

    native String ncclGetErrorString(int result);

    native String ncclGetLastError(long comm);

    native int ncclCommGetAsyncError(long comm, int[] asyncError);

    native int ncclCommCount(long comm, int[] count);

    native int ncclCommCuDevice(long comm, int[] device);

    native int ncclCommUserRank(long comm, int[] rank);

    native int ncclRedOpCreatePreMulSum(int[] op, long scalar, int datatype, int residence, long comm);

    native int ncclRedOpDestroy(int op, long comm);

    native int ncclReduce(
            long sendbuff, long recvbuff, long count, int datatype, int op, int root, long comm, long stream);

    native int ncclBcast(long buff, long count, int datatype, int root, long comm, long stream);

    native int ncclBroadcast(long sendbuff, long recvbuff, long count, int datatype, int root, long comm, long stream);

    native int ncclAllReduce(long sendbuff, long recvbuff, long count, int datatype, int op, long comm, long stream);

    native int ncclReduceScatter(
            long sendbuff, long recvbuff, long recvcount, int datatype, int op, long comm, long stream);

    native int ncclAllGather(long sendbuff, long recvbuff, long sendcount, int datatype, long comm, long stream);

    native int ncclSend(long sendbuff, long count, int datatype, int peer, long comm, long stream);

    native int ncclRecv(long recvbuff, long count, int datatype, int peer, long comm, long stream);

    native int ncclGroupStart();

    native int ncclGroupEnd();

    native int ncclMemAlloc(long[] pointer, long size);

    native int ncclMemFree(long pointer);

    native int ncclCommRegister(long comm, long buff, long size, long[] handle);

    native int ncclCommDeregister(long comm, long handle);
}

package jcuda;

/** Addresses and handles as the numbers that they are. In JCuda's package because JCuda shows them only there. */
public final class NativeAddresses {
    private NativeAddresses() {}

    /** The address that a pointer points to, its byte offset included; 0 for null. */
    public static long of(Pointer pointer) {
        return pointer == null ? 0 : pointer.getNativePointer() + pointer.getByteOffset();
    }

    /** A handle, such as that of a {@code CUstream} or {@code cudaStream_t}; 0 for null, the default stream. */
    public static long of(NativePointerObject handle) {
        return handle == null ? 0 : handle.getNativePointer();
    }
}

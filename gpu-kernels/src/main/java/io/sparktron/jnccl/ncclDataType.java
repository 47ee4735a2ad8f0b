package io.sparktron.jnccl;

/** Types of elements: {@code ncclDataType_t}. */
public final class ncclDataType {
    public static final int ncclInt8 = 0;
    public static final int ncclChar = ncclInt8;
    public static final int ncclUint8 = 1;
    public static final int ncclInt32 = 2;
    public static final int ncclInt = ncclInt32;
    public static final int ncclUint32 = 3;
    public static final int ncclInt64 = 4;
    public static final int ncclUint64 = 5;
    public static final int ncclFloat16 = 6;
    public static final int ncclHalf = ncclFloat16;
    public static final int ncclFloat32 = 7;
    public static final int ncclFloat = ncclFloat32;
    public static final int ncclFloat64 = 8;
    public static final int ncclDouble = ncclFloat64;
    public static final int ncclBfloat16 = 9;

    private ncclDataType() {}

    /** The name of a type. */
    public static String stringFor(int type) {
        return switch (type) {
            case ncclInt8 -> "ncclInt8";
            case ncclUint8 -> "ncclUint8";
            case ncclInt32 -> "ncclInt32";
            case ncclUint32 -> "ncclUint32";
            case ncclInt64 -> "ncclInt64";
            case ncclUint64 -> "ncclUint64";
            case ncclFloat16 -> "ncclFloat16";
            case ncclFloat32 -> "ncclFloat32";
            case ncclFloat64 -> "ncclFloat64";
            case ncclBfloat16 -> "ncclBfloat16";
            default -> "unknown NCCL type " + type;
        };
    }
}

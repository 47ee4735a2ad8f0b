package io.sparktron.collective;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.Locale;

/**
 * What a rank asks of its group, in the form in which ranks compare it.
 *
 * @param reduction null where there is none
 * @param type null where there is no data
 * @param elements of {@code exposed}
 * @param argument the root of a broadcast, the color of a split; 0 otherwise
 * @param exposed the tensor of this rank that its peers read, and in an all-reduce write; null where there is none
 */
public record Request(Kind kind, Reduction reduction, DType type, long elements, long argument, Tensor exposed) {
    /** Which collective. */
    public enum Kind {
        ALL_REDUCE,
        REDUCE_SCATTER,
        ALL_GATHER,
        BROADCAST,
        BARRIER,
        SPLIT
    }

    /** Checks the operands of one rank against each other. */
    public static Request of(Collective operation, int size) {
        if (operation instanceof Collective.AllReduce all) {
            return of(Kind.ALL_REDUCE, all.reduction(), 0, all.tensor());
        }
        if (operation instanceof Collective.ReduceScatter scatter) {
            requireParts(scatter.input(), scatter.output(), size, "input", "output");
            return of(Kind.REDUCE_SCATTER, scatter.reduction(), 0, scatter.input());
        }
        if (operation instanceof Collective.AllGather gather) {
            requireParts(gather.output(), gather.input(), size, "output", "input");
            return of(Kind.ALL_GATHER, null, 0, gather.input());
        }
        if (operation instanceof Collective.Broadcast broadcast) {
            if (broadcast.root() < 0 || broadcast.root() >= size) {
                throw new IllegalArgumentException(
                        "the root of a broadcast is " + broadcast.root() + ", must be in 0 ... " + (size - 1));
            }
            return of(Kind.BROADCAST, null, broadcast.root(), broadcast.tensor());
        }
        return new Request(Kind.BARRIER, null, null, 0, 0, null);
    }

    static Request split(int color) {
        return new Request(Kind.SPLIT, null, null, 0, color, null);
    }

    private static Request of(Kind kind, Reduction reduction, long argument, Tensor exposed) {
        return new Request(kind, reduction, exposed.type(), exposed.elements(), argument, exposed);
    }

    private static void requireParts(Tensor whole, Tensor part, int size, String wholeName, String partName) {
        whole.expect(wholeName, part.type());
        if (whole.elements() != size * part.elements()) {
            throw new IllegalArgumentException(wholeName + " has " + whole.elements() + " elements, must have " + size
                    + " times the " + part.elements() + " of " + partName);
        }
    }

    /** Bytes of the exposed tensor. */
    long bytes() {
        return type == null ? 0 : elements * type.bytes();
    }

    /** Whether a rank has something that others want. */
    boolean sends(int rank) {
        return exposed != null && (kind != Kind.BROADCAST || argument == rank);
    }

    /** Kind, reduction and type as one number. */
    long word() {
        int reductionCode = reduction == null ? 0 : 1 + reduction.ordinal();
        int typeCode = type == null ? 0 : 1 + type.ordinal();
        return kind.ordinal() | reductionCode << 8 | typeCode << 16;
    }

    /** What a peer asked, from its numbers. */
    static Request peer(long word, long elements, long argument) {
        int reductionCode = (int) (word >> 8 & 0xff);
        int typeCode = (int) (word >> 16 & 0xff);
        return new Request(
                Kind.values()[(int) (word & 0xff)],
                reductionCode == 0 ? null : Reduction.values()[reductionCode - 1],
                typeCode == 0 ? null : DType.values()[typeCode - 1],
                elements,
                argument,
                null);
    }

    /** Whether two ranks ask for one and the same collective. */
    boolean matches(long word, long otherElements, long otherArgument) {
        return word == word() && elements == otherElements && (kind == Kind.SPLIT || argument == otherArgument);
    }

    /** Such as {@code all-reduce sum of FLOAT32 x 100}. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (reduction != null) {
            text.append(' ').append(reduction.name().toLowerCase(Locale.ROOT));
        }
        if (kind == Kind.BROADCAST) {
            text.append(" from rank ").append(argument);
        }
        if (type != null) {
            text.append(" of ").append(type).append(" x ").append(elements);
        }
        return text.toString();
    }
}

package io.sparktron.kernels.check;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Collective.AllGather;
import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Collective.Broadcast;
import io.sparktron.collective.Collective.ReduceScatter;
import io.sparktron.collective.Communicator;
import io.sparktron.collective.Reduction;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Collectives of a group against what each rank can compute of all ranks' operands for itself: at several sizes and types, apart and in place, twice each, which must give
 * the same bits, on every rank the same. A transport may add in any order and round each partial sum to the type: r - 1 roundings of the sum of magnitudes.
 */
public final class CollectiveChecks {
    /** Elements of one rank's part. */
    private static final int[] SIZES = {1, 5, 1021, 40_009};

    private static final DType[] TYPES = {DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16, DType.FLOAT64};

    private final Communicator group;
    private final Queue queue;
    private final ArrayList<Found> found = new ArrayList<>();

    /**
     * What a rank has found.
     *
     * @param bits checksum of what must be the same on every rank
     */
    public record Found(Outcome outcome, long bits) implements Serializable {}

    private CollectiveChecks(Communicator group, Queue queue) {
        this.group = group;
        this.queue = queue;
    }

    /** Every rank of the group calls it, with a queue of its own device; {@link #merge} takes what all of them return. */
    public static ArrayList<Found> run(Communicator group, Queue queue) {
        CollectiveChecks checks = new CollectiveChecks(group, queue);
        for (DType type : TYPES) {
            for (int size : SIZES) {
                for (Operation operation : Operation.values()) {
                    checks.check(operation, type, size);
                }
            }
        }
        return checks.found;
    }

    /** The first problem of any rank for each check, the largest share, and whether all have the same bits where they must. */
    public static List<Outcome> merge(List<? extends List<Found>> ranks) {
        List<Outcome> merged = new ArrayList<>();
        for (int i = 0; i < ranks.get(0).size(); i++) {
            Found first = ranks.get(0).get(i);
            double share = 0;
            String problem = "";
            for (int rank = 0; rank < ranks.size(); rank++) {
                Found here = ranks.get(rank).get(i);
                share = Math.max(share, here.outcome.share());
                String words = here.bits == first.bits ? here.outcome.problem() : "not the bits of rank 0";
                if (problem.isEmpty() && !words.isEmpty()) {
                    problem = "rank " + rank + ": " + words;
                }
            }
            merged.add(new Outcome(
                    first.outcome.kernel(), first.outcome.type(), first.outcome.operands(), share, problem));
        }
        return merged;
    }

    private enum Operation {
        ALL_REDUCE("allReduce", "sum"),
        ALL_REDUCE_MAX("allReduce", "max"),
        REDUCE_SCATTER("reduceScatter", "sum"),
        REDUCE_SCATTER_IN_PLACE("reduceScatter", "sum, in place"),
        ALL_GATHER("allGather", ""),
        ALL_GATHER_IN_PLACE("allGather", "in place"),
        BROADCAST_FIRST("broadcast", "of the first"),
        BROADCAST_LAST("broadcast", "of the last");

        private final String method;
        private final String words;

        Operation(String method, String words) {
            this.method = method;
            this.words = words;
        }

        boolean sums() {
            return this == ALL_REDUCE || this == REDUCE_SCATTER || this == REDUCE_SCATTER_IN_PLACE;
        }

        boolean scatters() {
            return this == REDUCE_SCATTER || this == REDUCE_SCATTER_IN_PLACE;
        }

        boolean gathers() {
            return this == ALL_GATHER || this == ALL_GATHER_IN_PLACE;
        }
    }

    private void check(Operation operation, DType type, int size) {
        try (Allocations memory = new Allocations();
                Allocations device = new Allocations()) {
            HostTensors host = new HostTensors(memory.from(HostMemory::allocate));
            List<Tensor> all = new ArrayList<>(); // operands of every rank
            for (int rank = 0; rank < group.size(); rank++) {
                long elements = operation.scatters() ? (long) group.size() * size : size;
                all.add(host.normal(1 + rank, type, elements));
            }
            Room room = new Room(host, device.from(group.allocator()), queue);
            Tensor first = run(operation, all, room, size);
            Tensor second = run(operation, all, room, size);
            Finding finding = new Finding();
            for (long i = 0; i < first.elements(); i++) {
                compare(operation, all, first, i, finding);
                if (!sameBits(Elements.get(first, i), Elements.get(second, i))) {
                    finding.problem("element " + i + " is " + Elements.get(first, i) + " in one run and "
                            + Elements.get(second, i) + " in the next");
                }
            }
            String operands = "[" + size + "] of " + group.size() + " ranks"
                    + (operation.words.isEmpty() ? "" : ", " + operation.words);
            Outcome outcome =
                    new Outcome("collective." + operation.method, type, operands, finding.share, finding.problem);
            found.add(new Found(outcome, operation.scatters() ? 0 : checksum(first)));
        }
    }

    private static final class Finding {
        private double share;
        private String problem = "";

        private void problem(String words) {
            if (problem.isEmpty()) {
                problem = words;
            }
        }
    }

    /** Holds element i of this rank's result against all operands. */
    private void compare(Operation operation, List<Tensor> operands, Tensor result, long i, Finding finding) {
        double expected = 0;
        double legal = 0;
        if (operation.gathers()) {
            int size = (int) operands.get(0).elements();
            expected = Elements.get(operands.get((int) (i / size)), i % size);
        } else if (operation == Operation.BROADCAST_FIRST || operation == Operation.BROADCAST_LAST) {
            expected = Elements.get(operands.get(root(operation)), i);
        } else {
            long at = operation.scatters() ? group.rank() * result.elements() + i : i;
            double magnitude = 0;
            expected = operation.sums() ? 0 : Double.NEGATIVE_INFINITY;
            for (Tensor operand : operands) {
                double x = Elements.get(operand, at);
                expected = operation.sums() ? expected + x : Math.max(expected, x);
                magnitude += Math.abs(x);
            }
            legal = operation.sums() ? sumBound(result.type(), operands.size(), magnitude) : 0;
        }
        double actual = Elements.get(result, i);
        if (sameBits(actual, expected)) {
            return;
        }
        double share = Math.abs(actual - expected) / legal;
        finding.share = Math.max(finding.share, share <= 1 ? share : Double.POSITIVE_INFINITY);
        if (!(share <= 1)) {
            finding.problem("element " + i + " is " + actual + ", must be " + expected + " within " + legal);
        }
    }

    /** A rounding for each addition, in whatever order, and half of the smallest step where numbers are subnormal. */
    private static double sumBound(DType type, int ranks, double magnitude) {
        return (ranks - 1) * (Roundoff.unit(type) * magnitude + (type == DType.FLOAT16 ? 0x1p-25 : 0));
    }

    private static boolean sameBits(double a, double b) {
        return Double.doubleToLongBits(a) == Double.doubleToLongBits(b);
    }

    private int root(Operation operation) {
        return operation == Operation.BROADCAST_FIRST ? 0 : group.size() - 1;
    }

    /** This rank's result, on the host. */
    private Tensor run(Operation operation, List<Tensor> operands, Room room, int size) {
        Tensor own = room.upload(operands.get(group.rank()));
        Tensor result;
        Collective collective;
        switch (operation) {
            case ALL_REDUCE, ALL_REDUCE_MAX -> {
                result = own;
                collective = new AllReduce(operation == Operation.ALL_REDUCE ? Reduction.SUM : Reduction.MAX, own);
            }
            case REDUCE_SCATTER -> {
                result = room.unset(own.type(), size);
                collective = new ReduceScatter(Reduction.SUM, own, result);
            }
            case REDUCE_SCATTER_IN_PLACE -> {
                result = own.rows((long) group.rank() * size, size);
                collective = new ReduceScatter(Reduction.SUM, own, result);
            }
            case ALL_GATHER -> {
                result = room.unset(own.type(), (long) group.size() * size);
                collective = new AllGather(own, result);
            }
            case ALL_GATHER_IN_PLACE -> {
                result = room.unset(own.type(), (long) group.size() * size);
                Tensor part = result.rows((long) group.rank() * size, size);
                room.write(operands.get(group.rank()), part);
                collective = new AllGather(part, result);
            }
            case BROADCAST_FIRST, BROADCAST_LAST -> {
                result = own;
                collective = new Broadcast(root(operation), own);
            }
            default -> throw new IllegalStateException("no operation " + operation);
        }
        group.run(collective, queue);
        return room.download(result);
    }

    private static long checksum(Tensor tensor) {
        long sum = 0;
        for (long i = 0; i < tensor.elements(); i++) {
            sum = 31 * sum + Double.doubleToLongBits(Elements.get(tensor, i));
        }
        return sum;
    }
}

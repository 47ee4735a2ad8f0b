package io.sparktron.train;

import io.sparktron.collective.Collective.AllGather;
import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Communicator;
import io.sparktron.collective.Reduction;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.OwnedPart;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.Placement;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.zip.CRC32C;

/**
 * Holds copies of the training state that must be equal to the bit against each other: of every parameter over the data group, of what an optimizer keeps of it too unless that
 * is sharded, and of those that a tensor group does not split over that group. Copies are never exchanged while training goes well, so one that differs (a flipped bit, a wrong sum) would spoil the
 * run in silence.
 *
 * <p>Each rank reads its state once and sends 4 bytes for each tensor: their CRC32C, which no single flipped bit escapes.
 */
public final class ReplicaCheck implements AutoCloseable {
    /** Bytes that are read at once. */
    private static final int PIECE = 1 << 22;

    private final Execution on;
    private final Allocations held = new Allocations();
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE);
    private final List<Copies> groups = new ArrayList<>();
    private final Tensor differs; // FLOAT32 [1]: 1 where copies of this rank do

    /** What the ranks of a group hold copies of, and where their checksums meet. */
    private static final class Copies {
        private final Communicator group;
        private final IntUnaryOperator world; // rank of the group to rank of the world
        private final List<Replica> replicas;
        private final Tensor ours; // INT32 [replicas]
        private final Tensor all; // INT32 [ranks, replicas]

        Copies(Communicator group, IntUnaryOperator world, List<Replica> replicas, Allocations held) {
            this.group = group;
            this.world = world;
            this.replicas = replicas;
            int count = replicas.size();
            long bytes = (long) (1 + group.size()) * count * Integer.BYTES;
            Tensor memory = new Tensor(
                    held.from(group.allocator()).allocate("checksums of replicas", bytes),
                    0,
                    DType.INT32,
                    Shape.of(1 + group.size(), count));
            this.ours = memory.rows(0, 1).view(count);
            this.all = memory.rows(1, group.size()).view((long) group.size() * count);
        }
    }

    /** By identity: one that two groups hold is read once. */
    private static final class Replica {
        private final String name;
        private final Tensor tensor;

        Replica(String name, Tensor tensor) {
            this.name = name;
            this.tensor = tensor;
        }
    }

    /** Every rank makes one; it holds a few bytes for each tensor, and nothing where there are no copies. */
    public ReplicaCheck(Execution on, TrainingState state) {
        this.on = on;
        List<Parameter> all = state.parameters().all();
        int tensor = on.mesh().layout().tensor();
        boolean copied = state.parameters().share().isWhole(); // what optimizers of a data group keep
        try {
            List<Replica> overData = new ArrayList<>();
            List<Replica> overTensor = new ArrayList<>();
            for (Parameter parameter : all) {
                List<Replica> updated = updated(parameter);
                overData.addAll(
                        copied ? updated : List.of(new Replica(parameter.name(), parameter.used(parameter.value()))));
                if (parameter.spec().placement() instanceof Placement.Replicated) {
                    overTensor.addAll(updated);
                }
            }
            add(on.mesh().data(), rank -> rank * tensor + on.mesh().tensorRank(), overData);
            add(on.mesh().tensor(), rank -> on.mesh().dataRank() * tensor + rank, overTensor);
            differs = new Tensor(
                    held.from(on.mesh().world().allocator()).allocate("whether replicas differ", Float.BYTES),
                    0,
                    DType.FLOAT32,
                    Shape.of(1));
        } catch (RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    private void add(Communicator group, IntUnaryOperator world, List<Replica> replicas) {
        if (group.size() > 1) {
            groups.add(new Copies(group, world, replicas, held));
        }
    }

    /** What the optimizer updates: the same elements on all ranks of a tensor group. */
    private static List<Replica> updated(Parameter parameter) {
        OwnedPart part = parameter.owned();
        return List.of(
                new Replica(parameter.name(), part.used(part.master())),
                new Replica("first moment of " + parameter.name(), part.used(part.firstMoment())),
                new Replica("second moment of " + parameter.name(), part.used(part.secondMoment())));
    }

    /**
     * Compares, after a step; every rank calls it.
     *
     * @param beforeTheEnd called on all ranks if any copies differ: the last that they do together
     * @throws ReplicasDifferException on the ranks of a group whose copies differ
     */
    public void check(long step, Runnable beforeTheEnd) {
        if (groups.isEmpty()) {
            return; // on every rank
        }
        Map<Replica, Integer> checksums = new IdentityHashMap<>();
        groups.forEach(copies -> exchange(copies, checksums)); // all before any rank throws and comes to no other group
        Optional<ReplicasDifferException> difference = groups.stream()
                .flatMap(copies -> compare(step, copies).stream())
                .findFirst();
        if (anyDiffers(difference.isPresent())) {
            beforeTheEnd.run();
        }
        difference.ifPresent(differ -> {
            throw differ;
        });
    }

    private boolean anyDiffers(boolean ours) {
        ByteBuffer flag = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        on.queue().write(flag.putFloat(0, ours ? 1 : 0), differs);
        on.mesh().world().run(new AllReduce(Reduction.MAX, differs), on.queue());
        on.queue().read(differs, flag);
        return flag.getFloat(0) != 0;
    }

    private void exchange(Copies copies, Map<Replica, Integer> checksums) {
        int count = copies.replicas.size();
        ByteBuffer ours = ByteBuffer.allocate(count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Replica replica : copies.replicas) {
            ours.putInt(checksums.computeIfAbsent(replica, first -> checksum(first.tensor)));
        }
        on.queue().write(ours.flip(), copies.ours);
        copies.group.run(new AllGather(copies.ours, copies.all), on.queue());
    }

    private Optional<ReplicasDifferException> compare(long step, Copies copies) {
        int count = copies.replicas.size();
        int ranks = copies.group.size();
        ByteBuffer all = ByteBuffer.allocate(ranks * count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        on.queue().read(copies.all, all);
        for (int replica = 0; replica < count; replica++) {
            int[] sums = new int[ranks];
            int[] members = new int[ranks];
            boolean equal = true;
            for (int rank = 0; rank < ranks; rank++) {
                sums[rank] = all.getInt((rank * count + replica) * Integer.BYTES);
                members[rank] = copies.world.applyAsInt(rank);
                equal &= sums[rank] == sums[0];
            }
            if (!equal) {
                return Optional.of(new ReplicasDifferException(step, copies.replicas.get(replica).name, members, sums));
            }
        }
        return Optional.empty();
    }

    private int checksum(Tensor tensor) {
        CRC32C crc = new CRC32C();
        Tensor flat = tensor.view(tensor.elements());
        long elements = PIECE / tensor.type().bytes();
        for (long first = 0; first < flat.elements(); first += elements) {
            Tensor part = flat.rows(first, Math.min(elements, flat.elements() - first));
            on.queue().read(part, piece.clear());
            crc.update(piece.array(), 0, (int) part.bytes());
            on.mesh().world().progress();
        }
        return (int) crc.getValue();
    }

    @Override
    public void close() {
        held.close();
    }
}

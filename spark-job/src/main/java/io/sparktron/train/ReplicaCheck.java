package io.sparktron.train;

import io.sparktron.collective.Collective.AllGather;
import io.sparktron.collective.Communicator;
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
import java.util.List;
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

    private record Replica(String name, Tensor tensor) {}

    /** Every rank makes one; it holds a few bytes for each tensor, and nothing where there are no copies. */
    public ReplicaCheck(Execution on, TrainingState state) {
        this.on = on;
        List<Parameter> all = state.parameters().all();
        List<Parameter> unsplit = all.stream()
                .filter(parameter -> parameter.spec().placement() instanceof Placement.Replicated)
                .toList();
        int tensor = on.mesh().layout().tensor();
        boolean copied = state.parameters().share().isWhole(); // what optimizers of a data group keep
        try {
            List<Replica> overData = new ArrayList<>();
            all.forEach(parameter -> overData.addAll(
                    copied
                            ? updated(parameter)
                            : List.of(new Replica(parameter.name(), parameter.used(parameter.value())))));
            add(on.mesh().data(), rank -> rank * tensor + on.mesh().tensorRank(), overData);
            add(
                    on.mesh().tensor(),
                    rank -> on.mesh().dataRank() * tensor + rank,
                    unsplit.stream()
                            .flatMap(parameter -> updated(parameter).stream())
                            .toList());
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
     * @throws ReplicasDifferException on the ranks of a group whose copies differ
     */
    public void check(long step) {
        groups.forEach(this::exchange); // all of it before any rank throws and comes to no other group
        groups.forEach(copies -> compare(step, copies));
    }

    private void exchange(Copies copies) {
        int count = copies.replicas.size();
        ByteBuffer ours = ByteBuffer.allocate(count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        copies.replicas.forEach(replica -> ours.putInt(checksum(replica.tensor)));
        on.queue().write(ours.flip(), copies.ours);
        copies.group.run(new AllGather(copies.ours, copies.all), on.queue());
    }

    private void compare(long step, Copies copies) {
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
                throw new ReplicasDifferException(step, copies.replicas.get(replica).name, members, sums);
            }
        }
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

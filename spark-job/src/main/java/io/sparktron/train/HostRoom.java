package io.sparktron.train;

import io.sparktron.collective.Collective.AllGather;
import io.sparktron.collective.Communicator;
import io.sparktron.rank.ControlGroup;
import io.sparktron.rank.HostMemoryInfo;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory that a rank's process can have: that of its host, and that of its container, each shared with the other ranks there.
 */
public record HostRoom(Place host, Place container) {
    /** Part of what is available that ranks may plan for; the rest is for Java heaps that grow and for others on the host. */
    static final double SHARE = 0.8;

    private static final int PLACES = 2;
    private static final int NUMBERS = 1 + 2 * PLACES;

    /**
     * Memory that ranks share.
     *
     * @param name equal for ranks that share it
     * @param available bytes that can be had without swapping, or without that one of them is killed
     */
    public record Place(int name, long available) {}

    /** That of this process. */
    public static HostRoom current(String host) throws IOException {
        // Processes of one container see the same processes, and the same groups from its own on; elsewhere the group's
        // path tells them apart.
        String container = host
                + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
                + Files.readSymbolicLink(Path.of("/proc/self/ns/cgroup"))
                + ControlGroup.current().name();
        return new HostRoom(
                new Place(host.hashCode(), HostMemoryInfo.available()),
                new Place(container.hashCode(), ControlGroup.left()));
    }

    /**
     * Every rank calls it before it touches its memory, and all get the same answer.
     *
     * @param needed bytes that this rank will touch
     * @return whether all ranks of every place have room for what they need, at once
     */
    public boolean fits(long needed, Communicator world, Queue queue) {
        long bytes = (long) NUMBERS * Double.BYTES;
        try (Memory memory = world.allocator().allocate("room of the ranks", (1 + world.size()) * bytes)) {
            Tensor ours = new Tensor(memory, 0, DType.FLOAT64, Shape.of(NUMBERS));
            Tensor all = new Tensor(memory, bytes, DType.FLOAT64, Shape.of((long) NUMBERS * world.size()));
            ByteBuffer numbers = ByteBuffer.allocate((int) all.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            numbers.putDouble(needed);
            for (Place place : List.of(host, container)) {
                numbers.putDouble(place.name()).putDouble(place.available());
            }
            queue.write(numbers.flip(), ours);
            world.run(new AllGather(ours, all), queue);
            queue.read(all, numbers.clear());
            return fits(numbers, 0, world.size()) && fits(numbers, 1, world.size());
        }
    }

    /** Whether the ranks of each place of one kind fit there. */
    private static boolean fits(ByteBuffer numbers, int kind, int ranks) {
        Map<Double, Double> left = new HashMap<>(); // by place: the least that a rank saw there
        Map<Double, Double> needs = new HashMap<>();
        for (int rank = 0; rank < ranks; rank++) {
            int at = rank * NUMBERS * Double.BYTES;
            int place = at + (1 + 2 * kind) * Double.BYTES;
            double where = numbers.getDouble(place);
            left.merge(where, numbers.getDouble(place + Double.BYTES), Math::min);
            needs.merge(where, numbers.getDouble(at), Double::sum);
        }
        return needs.entrySet().stream().allMatch(need -> need.getValue() <= SHARE * left.get(need.getKey()));
    }
}

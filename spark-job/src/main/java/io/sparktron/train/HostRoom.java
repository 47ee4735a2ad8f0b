package io.sparktron.train;

import io.sparktron.collective.Collective.AllGather;
import io.sparktron.collective.Communicator;
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
import java.util.Optional;

/**
 * The memory of a host, or of the container that a rank's process is in, which all ranks there share.
 *
 * @param place equal for ranks that share it
 * @param available bytes that can be had without swapping
 */
public record HostRoom(int place, long available) {
    /** Part of what is available that ranks may plan for; the rest is for Java heaps that grow and for others on the host. */
    static final double SHARE = 0.8;

    private static final int NUMBERS = 3;

    /** That of this process. */
    public static HostRoom current(String host) throws IOException {
        Path group = Path.of("/sys/fs/cgroup");
        long available = available(Files.readAllLines(Path.of("/proc/meminfo")));
        Optional<Long> limit = number(group.resolve("memory.max"));
        Optional<Long> used = number(group.resolve("memory.current"));
        if (limit.isPresent() && used.isPresent()) {
            available = Math.min(available, limit.get() - used.get() + cache(group.resolve("memory.stat")));
        }
        // Processes of one container see the same processes.
        Path processes = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        return new HostRoom((host + processes).hashCode(), available);
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
            numbers.putDouble(place).putDouble(available).putDouble(needed);
            queue.write(numbers.flip(), ours);
            world.run(new AllGather(ours, all), queue);
            queue.read(all, numbers.clear());
            Map<Double, Double> left = new HashMap<>(); // by place: the least that a rank saw there, less what all need
            Map<Double, Double> needs = new HashMap<>();
            for (int rank = 0; rank < world.size(); rank++) {
                int at = rank * NUMBERS * Double.BYTES;
                double where = numbers.getDouble(at);
                left.merge(where, numbers.getDouble(at + Double.BYTES), Math::min);
                needs.merge(where, numbers.getDouble(at + 2 * Double.BYTES), Double::sum);
            }
            return needs.entrySet().stream().allMatch(need -> need.getValue() <= SHARE * left.get(need.getKey()));
        }
    }

    static long available(List<String> meminfo) throws IOException {
        return meminfo.stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow(() -> new IOException("/proc/meminfo does not say MemAvailable"));
    }

    /** File pages that are given back when memory is needed. */
    private static long cache(Path stat) throws IOException {
        return Files.readAllLines(stat).stream()
                .filter(line -> line.startsWith("inactive_file "))
                .mapToLong(line -> Long.parseLong(line.substring("inactive_file ".length())))
                .sum();
    }

    /** Empty where there is no such file, or no limit. */
    private static Optional<Long> number(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file).strip();
        return text.equals("max") ? Optional.empty() : Optional.of(Long.parseLong(text));
    }
}

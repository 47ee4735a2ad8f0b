package io.sparktron.collective;

import static io.sparktron.collective.Operands.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.OutOfDeviceMemoryException;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What ranks take of the system, they give back. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Placement.class)
class ReturnedMemoryTest {
    @Parameter
    private Placement placement;

    private final HostDevice device = new HostDevice(1);
    private final Queue queue = device.newQueue("compute");

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void moreMemoryThanThereCanBe() {
        RankThreads.run(placement, 1, world -> {
            assertThatThrownBy(() -> world.allocator().allocate("gradients", 1L << 60))
                    .isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessageContaining("no shared memory for gradients of " + (1L << 60) + " bytes");
            return null;
        });
    }

    @Test
    void leavingReturnsMappingsAndDescriptors() throws IOException {
        useAndLeave();
        long mappings = mappings();
        long descriptors = Descriptors.open();
        for (int round = 0; round < 5; round++) {
            useAndLeave();
        }
        assertThat(mappings()).isEqualTo(mappings);
        assertThat(Descriptors.open()).isEqualTo(descriptors);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("sparktron-"));
    }

    private void useAndLeave() {
        RankThreads.run(placement, 3, world -> {
            Communicator pair = world.split("pair", world.rank() / 2);
            Tensor x = tensor(pair.allocator(), 50_000);
            pair.run(new Collective.AllReduce(Reduction.SUM, x), queue);
            world.run(new Collective.AllReduce(Reduction.SUM, x), queue);
            pair.split("single", pair.rank()).close();
            assertThat(mappings()).isPositive();
            assertThat(Descriptors.open()).isPositive();
            return null;
        });
    }

    private static long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("sparktron-")).count();
        }
    }

    @Test
    void closedMemoryIsReturnedAlthoughPeersStillMapIt() {
        long bytes = 1L << 26;
        RankThreads.run(placement, 2, world -> {
            Memory memory = world.allocator().allocate("gradients", bytes);
            Tensor x = new Tensor(memory, 0, DType.FLOAT32, Shape.of(bytes / 4));
            world.run(new Collective.AllReduce(Reduction.SUM, x), queue);
            long before = residentSharedKilobytes();
            world.run(new Collective.Barrier(), queue);
            memory.close();
            world.run(new Collective.Barrier(), queue);
            // Each of two ranks had touched half of both tensors; the kernel counts pages a little late.
            long returned = before - residentSharedKilobytes();
            assertThat(returned * 1024).isGreaterThan(3 * bytes / 2);
            world.run(new Collective.Barrier(), queue);
            return null;
        });
    }

    private static long residentSharedKilobytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            String line =
                    lines.filter(l -> l.startsWith("RssShmem:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", ""));
        }
    }
}

package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("doubles")
class CudaQueueTest {
    private final CudaDevice device = CudaDevice.open(0);
    private final Queue queue = device.newQueue("test");

    @AfterEach
    void close() {
        device.close();
    }

    /** Sizes around those of the pieces, and more than all pieces together. */
    @Test
    void copiesOfAnySizeThereAndBack() {
        int piece = 1 << 20;
        int[] sizes = {0, 2, piece - 2, piece, piece + 2, 3 * piece + 6, 4 * piece, 5 * piece + 2, 9 * piece, 2};
        for (int size : sizes) {
            Tensor tensor = tensor(size);
            byte[] random = new byte[size];
            new SplittableRandom(size).nextBytes(random);
            for (boolean direct : new boolean[] {false, true}) {
                ByteBuffer source = buffer(direct, size + 5);
                source.position(3).put(random).flip().position(3);
                queue.write(source, tensor);
                assertThat(source.position()).isEqualTo(3);
                assertThat(source.remaining()).isEqualTo(size);
                source.clear();
                while (source.hasRemaining()) {
                    source.put((byte) 7); // consumed at the call: this is too late to be copied
                }
                ByteBuffer destination = buffer(direct, size + 5).position(2);
                queue.read(tensor, destination);
                assertThat(destination.position()).isEqualTo(2);
                byte[] back = new byte[size];
                destination.get(2, back);
                assertThat(back).isEqualTo(random);
            }
        }
    }

    private static ByteBuffer buffer(boolean direct, int bytes) {
        return direct ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
    }

    @Test
    void manyWritesInFlight() {
        Tensor[] tensors = new Tensor[23];
        for (int i = 0; i < tensors.length; i++) {
            tensors[i] = tensor(8);
            queue.write(ByteBuffer.allocate(8).putLong(0, i), tensors[i]);
        }
        for (int i = 0; i < tensors.length; i++) {
            ByteBuffer back = ByteBuffer.allocate(8);
            queue.read(tensors[i], back);
            assertThat(back.getLong(0)).isEqualTo(i);
        }
    }

    /** Streams of the doubles start late: what is not ordered is seen. */
    @Test
    void aMarkOrdersTwoQueues() {
        Queue other = device.newQueue("other");
        Elementwise elementwise = new CudaElementwise(device);
        Tensor x = new Tensor(device.allocator().allocate("x", 4004), 0, DType.FLOAT32, Shape.of(1001));
        Tensor y = new Tensor(device.allocator().allocate("y", 4004), 0, DType.FLOAT32, Shape.of(1001));
        for (int round = 1; round < 20; round++) {
            elementwise.fill(queue, x, round);
            queue.mark().before(other);
            elementwise.copy(other, x, y);
            other.mark().before(queue); // before the next round's fill
            requireAll(round, other, y);
        }
    }

    /** Two queues follow different points of one, whose event is recorded a second time before anybody had to wait. */
    @Test
    void queuesFollowWhatWasEnqueuedThenWithoutMarks() {
        Queue first = device.newQueue("first");
        Queue second = device.newQueue("second");
        Elementwise elementwise = new CudaElementwise(device);
        Tensor x = new Tensor(device.allocator().allocate("x", 4004), 0, DType.FLOAT32, Shape.of(1001));
        Tensor y = new Tensor(device.allocator().allocate("y", 4004), 0, DType.FLOAT32, Shape.of(1001));
        Tensor z = new Tensor(device.allocator().allocate("z", 4004), 0, DType.FLOAT32, Shape.of(1001));
        for (int round = 1; round < 20; round++) {
            elementwise.fill(queue, x, round);
            queue.letFollow(first);
            elementwise.copy(first, x, y);
            first.letFollow(queue); // before the next fill
            elementwise.fill(queue, x, -round);
            queue.letFollow(second);
            elementwise.copy(second, x, z);
            second.letFollow(queue);
            requireAll(round, first, y);
            requireAll(-round, second, z);
        }
        assertThat(device.events().made()).isZero();
    }

    private static void requireAll(float value, Queue queue, Tensor tensor) {
        ByteBuffer back = ByteBuffer.allocate(4004).order(ByteOrder.LITTLE_ENDIAN);
        queue.read(tensor, back);
        for (int i = 0; i < 1001; i++) {
            assertThat(back.getFloat(4 * i)).isEqualTo(value);
        }
    }

    @Test
    void eventsOfMarksThatNobodyHoldsAreUsedAgain() throws InterruptedException {
        long deadline = System.nanoTime() + 60_000_000_000L;
        int marks = 0;
        while (device.events().made() == marks) {
            assertThat(System.nanoTime()).as("after %d marks", marks).isLessThan(deadline);
            for (int i = 0; i < 100; i++) {
                queue.mark().awaitHost();
                marks++;
            }
            System.gc();
            Thread.sleep(10);
        }
        assertThat(device.events().made()).isLessThan(marks);
    }

    @Test
    void wrongLengthsAndQueuesAreNamed() {
        Tensor tensor = tensor(10);
        assertThatThrownBy(() -> queue.write(ByteBuffer.allocate(8), tensor))
                .hasMessageStartingWith("a buffer with 8 bytes remaining for the 10 of BFLOAT16[5] in ");
        assertThatThrownBy(() -> queue.read(tensor, ByteBuffer.allocate(9)))
                .hasMessageStartingWith("a buffer with 9 bytes remaining for the 10 of BFLOAT16[5] in ");
        try (HostDevice host = new HostDevice(1)) {
            assertThatThrownBy(() -> new CudaElementwise(device).fill(host.newQueue("host's"), tensor, 1))
                    .hasMessage("queue host's is a HostQueue; kernels of a GPU take a CudaQueue");
        }
    }

    private Tensor tensor(int bytes) {
        return new Tensor(device.allocator().allocate("test", bytes), 0, DType.BFLOAT16, Shape.of(bytes / 2));
    }
}

package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Communicator;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Mesh;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.OutOfDeviceMemoryException;
import io.sparktron.tensor.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a trainer holds, and what is left when it cannot have all of it. */
@Timeout(60)
class TrainerMemoryTest {
    private static final ModelConfig MODEL = ModelConfig.gpt(2, 12, 3, 5, 5, 17);
    private static final TrainingConfig TRAINING = new TrainingConfig(
            1,
            1,
            1,
            5,
            new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
            new Schedule(1e-3, 0, 0, Schedule.Decay.CONSTANT, 0));

    @Test
    void freesWhatItHad() {
        onOneRank(new Bounded(Integer.MAX_VALUE), memory -> {
            try (Trainer trainer = new Trainer(memory.execution, MODEL, TRAINING)) {
                assertThat(trainer.state().parameters().all()).isNotEmpty();
                assertThat(memory.live).isNotEmpty();
            }
            assertThat(memory.live).isEmpty();
        });
    }

    @Test
    void aTrainerThatCannotHaveAllItsMemoryLeavesNone() {
        int all = 5; // weights, gradients, step state, activations, sums of the gradient norm
        for (int allocations = 0; allocations < all; allocations++) {
            onOneRank(new Bounded(allocations), memory -> {
                assertThatThrownBy(() -> new Trainer(memory.execution, MODEL, TRAINING))
                        .isInstanceOf(OutOfDeviceMemoryException.class);
                assertThat(memory.live).isEmpty();
            });
        }
        onOneRank(new Bounded(all), memory -> new Trainer(memory.execution, MODEL, TRAINING).close());
    }

    private static void onOneRank(Bounded memory, Consumer<Bounded> test) {
        new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        1,
                        context -> {
                            Execution on = Backends.PLAIN.execution(new Layout(1, 1), context.world());
                            Mesh mesh = on.mesh();
                            memory.execution = new Execution(
                                    on.kernels(),
                                    on.queue(),
                                    new Mesh(mesh.layout(), memory, mesh.tensor(), mesh.data()));
                            test.accept(memory);
                            return 0;
                        },
                        report -> {});
    }

    /** A world whose memory comes to an end after some allocations, and which knows what of it is in use. */
    private static final class Bounded implements Communicator {
        private final List<Memory> live = new ArrayList<>();
        private int left;
        private Execution execution;

        Bounded(int allocations) {
            left = allocations;
        }

        @Override
        public Allocator allocator() {
            return (purpose, bytes) -> {
                if (left-- == 0) {
                    throw new OutOfDeviceMemoryException("no memory for " + purpose);
                }
                List<Memory> self = new ArrayList<>();
                Memory host = HostMemory.allocate(purpose, bytes);
                self.add(HostMemory.wrap(purpose, host.address(), bytes, () -> {
                    live.remove(self.get(0));
                    host.close();
                }));
                live.add(self.get(0));
                return self.get(0);
            };
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public Completion start(Collective operation, Queue after) {
            throw new UnsupportedOperationException("no collective of the world is part of a step");
        }

        @Override
        public Communicator split(String name, int color) {
            throw new UnsupportedOperationException("the groups exist already");
        }

        @Override
        public void progress() {}

        @Override
        public long progressed() {
            return 0;
        }

        @Override
        public void abort(String cause) {}

        @Override
        public void close() {}
    }
}

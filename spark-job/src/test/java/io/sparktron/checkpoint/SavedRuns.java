package io.sparktron.checkpoint;

import io.sparktron.checkpoint.CheckpointMetadata.AdamProgress;
import io.sparktron.checkpoint.CheckpointMetadata.Tokenizer;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Shape;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Checkpoints as ranks on threads write them. */
final class SavedRuns {
    static final Configuration HADOOP = new Configuration();
    static final Shape MATRIX = Shape.of(7, 5);
    static final Shape VECTOR = Shape.of(13);

    private SavedRuns() {}

    /** What one rank does with tensors that it adds. */
    interface Work {
        void run(RankContext context, RankTensors tensors, HostDevice device) throws Exception;
    }

    static void ranks(int ranks, Work work) {
        new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        ranks,
                        context -> {
                            try (HostDevice device = new HostDevice(1);
                                    RankTensors tensors = new RankTensors(device.newQueue("test"))) {
                                work.run(context, tensors, device);
                            }
                            return 0;
                        },
                        report -> {});
    }

    /** A matrix split by rows over two ranks and a vector that both hold. */
    static void addSmall(RankTensors tensors, int rank, int ranks) {
        long share = (MATRIX.extent(0) + ranks - 1) / ranks;
        long first = rank * share;
        Box rows = new Box(new long[] {first, 0}, new long[] {Math.min(share, MATRIX.extent(0) - first), 5});
        tensors.add("matrix", MATRIX, rows, true);
        tensors.add("vector", VECTOR, Box.whole(VECTOR), rank == 0);
    }

    static void save(String runFolder, long step, String attempt) {
        save(runFolder, metadata(step, List.of()), attempt);
    }

    /** Saves those two tensors from two ranks. */
    static void save(String runFolder, CheckpointMetadata metadata, String attempt) {
        ranks(2, (context, tensors, device) -> {
            addSmall(tensors, context.rank(), context.ranks());
            Saves.save(
                    runFolder,
                    metadata,
                    tensors.fill().list(),
                    context.world(),
                    device.newQueue("save"),
                    HADOOP,
                    attempt);
        });
    }

    /** Loads both whole on one rank and holds every bit against what was saved. */
    static void loadAndCheck(Checkpoint checkpoint) {
        try (HostDevice device = new HostDevice(1);
                RankTensors tensors = new RankTensors(device.newQueue("load"))) {
            addSmall(tensors, 0, 1);
            checkpoint.load(tensors.list(), device.newQueue("load"));
            tensors.check(checkpoint.folder());
        }
    }

    static CheckpointMetadata metadata(long step, List<String> metrics) {
        return new CheckpointMetadata(
                step,
                3 * step,
                ModelConfig.gpt(3, 48, 6, 17, 24, 101),
                new Tokenizer("gpt2", 101, 100),
                -7_000_000_000_000_000_001L,
                "c0ffee",
                new AdamProgress(step, Math.pow(0.9, step), Math.nextUp(Math.pow(0.999, step))),
                new Layout(2, 1),
                metrics);
    }
}

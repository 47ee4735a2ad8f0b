package io.sparktron.train;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointFailedException;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.Saves;
import io.sparktron.collective.Collective.Barrier;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.random.Philox;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.ThreadRanks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** A few steps of a model at a layout, from the beginning or from a checkpoint, over ranks that are threads. */
final class SmallTraining {
    private static final Configuration HADOOP = new Configuration();

    private final ModelConfig model;
    private final TrainingConfig config;
    private Backends backend = Backends.PLAIN;

    SmallTraining(ModelConfig model, TrainingConfig config) {
        this.model = model;
        this.config = config;
    }

    SmallTraining on(Backends other) {
        backend = other;
        return this;
    }

    /** What every rank saw, and the state after the last step. */
    record Result(List<TrainStep.Outcome> outcomes, LogicalState state) {}

    /** Steps 1 to {@code last}. */
    Result run(Layout layout, int last) {
        return run(layout, 0, last, null, null);
    }

    /** Steps 1 to {@code last}, then a checkpoint in {@code to}. */
    Result runAndSave(Layout layout, int last, Path to) {
        return run(layout, 0, last, null, to);
    }

    /** Goes on after the newest checkpoint in {@code from}; zero steps only load. */
    Result resume(Layout layout, Path from, int last) {
        Checkpoint checkpoint = Checkpoint.open(from.toString(), HADOOP);
        return run(layout, (int) checkpoint.metadata().step(), last, checkpoint, null);
    }

    private Result run(Layout layout, int first, int last, Checkpoint from, Path to) {
        LogicalState logical = new LogicalState();
        List<ArrayList<TrainStep.Outcome>> outcomes = new ThreadRanks(Duration.ofSeconds(60))
                .run(
                        layout.ranks(),
                        context -> {
                            Execution on = backend.execution(
                                    layout, context.world(), config.precision().type());
                            try (Trainer trainer = new Trainer(on, model, config)) {
                                TrainingState state = trainer.state();
                                state.initialize(config.seed());
                                if (from != null) {
                                    state.load(from, context::pass);
                                }
                                ArrayList<TrainStep.Outcome> seen = new ArrayList<>();
                                for (int step = first + 1; step <= last; step++) {
                                    seen.add(step(trainer, on, step));
                                }
                                logical.add(on, state);
                                on.mesh().world().run(new Barrier(), on.queue()); // all have added theirs
                                on.queue().awaitHost();
                                logical.requireCopies(on, state);
                                if (to != null) {
                                    save(to, last, layout, state, on, context);
                                }
                                return seen;
                            }
                        },
                        report -> {});
        logical.requireComplete();
        return new Result(outcomes.get(0), logical);
    }

    private TrainStep.Outcome step(Trainer trainer, Execution on, int step) {
        int share = config.globalBatch() / on.mesh().layout().data();
        int[] next = {(step - 1) * config.globalBatch() + on.mesh().dataRank() * share};
        return trainer.step().run(step, () -> {
            next[0] += config.microBatch();
            int first = next[0] - config.microBatch();
            return Batches.at(first, config.microBatch(), samples(first));
        });
    }

    /** Skewed, so that there is something to learn. */
    private ByteBuffer samples(int first) {
        int row = model.sequence() + 1;
        int ids = config.microBatch() * row;
        ByteBuffer tokens = ByteBuffer.allocate(ids * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int[] block = new int[Philox.WORDS];
        for (int i = 0; i < ids; i++) {
            Philox.block(11, (long) first * row + i, 0, block);
            int id = Math.floorMod(block[0], model.vocabulary());
            tokens.putInt(i * Integer.BYTES, id * id / model.vocabulary());
        }
        return tokens;
    }

    private void save(Path to, int step, Layout layout, TrainingState state, Execution on, RankContext context)
            throws CheckpointFailedException {
        Saves.save(
                to.toString(),
                new CheckpointMetadata(
                        step,
                        (long) step * config.globalBatch(),
                        model,
                        new CheckpointMetadata.Tokenizer("test", model.vocabulary(), 0),
                        config.seed(),
                        "none",
                        state.progress(),
                        layout,
                        List.of()),
                state.all(),
                on.mesh().world(),
                on.queue(),
                HADOOP,
                "a");
    }
}

package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.data.Batch;
import io.sparktron.data.BertBatch;
import io.sparktron.golden.BertFixture;
import io.sparktron.model.BertModel;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Parameter;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * BERT's numbers against those of transformers' MegatronBert, computed in double: logits of both heads, both losses and every gradient of one batch, whose samples have
 * different lengths and numbers of masked tokens, at every legal layout. The bars are the plan's.
 */
@Timeout(300)
class BertGoldenTest {
    private static final double LOGITS_AND_GRADIENTS = 1e-5;
    private static final double LOSSES = 5e-6;

    /** Tensor sizes that each fixture's heads allow. */
    private static final Map<String, List<Integer>> LEGAL =
            Map.of("bert", List.of(1, 2, 3, 6), "even/bert", List.of(1, 2, 4, 8));

    static Stream<Arguments> layouts() {
        List<Arguments> cases = new ArrayList<>();
        for (Backends backend : Backends.values()) {
            LEGAL.forEach((fixture, tensors) -> tensors.forEach(tensor -> {
                cases.add(Arguments.of(fixture, backend, new Layout(tensor, 1), 3, Recompute.NONE));
                cases.add(Arguments.of(fixture, backend, new Layout(tensor, 1), 1, Recompute.NONE));
                cases.add(Arguments.of(fixture, backend, new Layout(tensor, 3), 1, Recompute.FULL));
            }));
            for (int tensor : new int[] {2, 4, 8}) { // which divide the sequence of 24
                Layout sequence = new Layout(tensor, 1, true, false);
                cases.add(Arguments.of("even/bert", backend, sequence, 3, Recompute.NONE));
                cases.add(Arguments.of("even/bert", backend, sequence, 1, Recompute.SELECTIVE));
            }
            cases.add(Arguments.of("even/bert", backend, new Layout(2, 3, true, false), 1, Recompute.NONE));
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2} micro-batch {3} recompute {4}")
    @MethodSource("layouts")
    void equalsPyTorch(String folder, Backends backend, Layout layout, int microBatch, Recompute recompute) {
        BertFixture golden = new BertFixture(folder);
        new ThreadRanks(Duration.ofSeconds(60))
                .run(
                        layout.ranks(),
                        context -> {
                            Execution on = backend.execution(layout, context.world());
                            try (GoldenRank rank = new GoldenRank(golden, on, microBatch, recompute)) {
                                rank.checkLogits();
                                rank.checkGradients();
                            }
                            return 0;
                        },
                        report -> {});
    }

    /** One rank of a layout with the fixture's weights. */
    private static final class GoldenRank implements AutoCloseable {
        private final BertFixture golden;
        private final ModelConfig config;
        private final Execution on;
        private final int microBatch;
        private final Trainer trainer;
        private final TrainingState state;

        GoldenRank(BertFixture golden, Execution on, int microBatch, Recompute recompute) {
            this.golden = golden;
            this.on = on;
            this.microBatch = microBatch;
            this.config = golden.config();
            this.trainer = new Trainer(on, config, training(golden, microBatch, recompute));
            this.state = trainer.state();
            loadWeights();
        }

        void checkLogits() {
            for (int sample = 0; sample < golden.samples(); sample += microBatch) {
                MicroBatch batch = trainer.batch();
                Feed.write(on.queue(), samples(golden, sample, microBatch), batch);
                checkMaskedLogits(batch, sample);
                checkOrderScores(batch, sample);
            }
        }

        private void checkMaskedLogits(MicroBatch batch, int sample) {
            Frame frame = trainer.frame();
            long mark = frame.mark();
            Tensor logits = state.model().logits(frame, batch, 0, batch.rowCount());
            float[] ours = read(on.queue(), logits); // [n, v]
            frame.release(mark);
            int columns = (int) state.model().columns();
            int width = (int) logits.extent(1);
            Distance distance = new Distance();
            for (int row = 0; row < logits.extent(0); row++) {
                for (int column = 0; column < columns; column++) {
                    int global = (sample * config.sequence() + row) * config.vocabulary()
                            + (int) state.model().firstColumn()
                            + column;
                    distance.add(ours[row * width + column], golden.maskedLogit(global));
                }
            }
            distance.assertWithin("masked logits", LOGITS_AND_GRADIENTS); // 0 without columns
        }

        private void checkOrderScores(MicroBatch batch, int sample) {
            Frame frame = trainer.frame();
            long mark = frame.mark();
            float[] ours = read(
                    on.queue(), ((BertModel) state.model()).orderScores(frame, batch, state.stepState())); // [b, 2]
            frame.release(mark);
            Distance distance = new Distance();
            for (int i = 0; i < ours.length; i++) {
                distance.add(ours[i], golden.orderScore(2 * sample + i));
            }
            distance.assertWithin("order scores", LOGITS_AND_GRADIENTS);
        }

        void checkGradients() {
            int share = golden.samples() / on.mesh().layout().data();
            int[] next = {on.mesh().dataRank() * share};
            trainer.step().accumulate(1, () -> {
                next[0] += microBatch;
                return samples(golden, next[0] - microBatch, microBatch);
            });
            Losses losses = trainer.step().losses();
            assertThat(losses.targets()).isEqualTo(golden.targets(0, golden.samples()));
            assertRelative("masked loss", losses.parts().masked(), golden.maskedLoss());
            assertRelative("order loss", losses.parts().order(), golden.orderLoss());
            assertThat(losses.total())
                    .isEqualTo(losses.parts().masked() + losses.parts().order());
            assertThat(losses.parts().maskedAccuracy()).isEqualTo(maskedAccuracy());
            assertThat(losses.parts().orderAccuracy()).isEqualTo(orderAccuracy());
            for (Parameter parameter : state.parameters().all()) {
                check(parameter);
            }
        }

        /** By the golden logits. */
        private double maskedAccuracy() {
            ByteBuffer labels = golden.input("labels", 0, golden.samples());
            int right = 0;
            for (int row = 0; labels.hasRemaining(); row++) {
                int label = labels.getInt();
                int best = 0;
                for (int id = 0; id < config.vocabulary(); id++) {
                    int at = row * config.vocabulary();
                    best = golden.maskedLogit(at + id) > golden.maskedLogit(at + best) ? id : best;
                }
                right += label == best ? 1 : 0;
            }
            return (double) right / golden.targets(0, golden.samples());
        }

        private double orderAccuracy() {
            ByteBuffer order = golden.input("order_label", 0, golden.samples());
            int right = 0;
            for (int sample = 0; sample < golden.samples(); sample++) {
                int told = golden.orderScore(2 * sample + 1) > golden.orderScore(2 * sample) ? 1 : 0;
                right += told == order.getInt() ? 1 : 0;
            }
            return (double) right / golden.samples();
        }

        /**
         * Each tensor is held against its own largest magnitude, except the key biases: their gradient is zero in theory. Under sequence parallelism the sums over rows have
         * been added over the tensor group by now.
         */
        private void check(Parameter parameter) {
            Shape global = parameter.spec().global();
            float[] whole = golden.box("grad.", parameter.name(), global, Box.whole(global));
            float[] expected = golden.box("grad.", parameter.name(), global, parameter.box());
            float[] ours = read(on.queue(), parameter.used(parameter.gradient()));
            if (!parameter.name().endsWith("query_key_value.bias")) {
                Distance.between(ours, expected, 0, ours.length)
                        .assertWithin(parameter.name(), LOGITS_AND_GRADIENTS, largest(whole, 0, whole.length));
                return;
            }
            int part = ours.length / 3; // query, key, value
            int all = whole.length / 3;
            double query = largest(whole, 0, all);
            double value = largest(whole, 2 * all, 3 * all);
            for (int i = 0; i < 3; i++) {
                Distance.between(ours, expected, i * part, (i + 1) * part)
                        .assertWithin(parameter.name() + " part " + i, LOGITS_AND_GRADIENTS, i == 2 ? value : query);
            }
        }

        private void loadWeights() {
            state.initialize(1);
            for (Parameter parameter : state.parameters().all()) {
                float[] values =
                        golden.box("model.", parameter.name(), parameter.spec().global(), parameter.box());
                ByteBuffer bytes =
                        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                on.queue().write(bytes, parameter.used(parameter.value()));
            }
        }

        @Override
        public void close() {
            trainer.close();
        }
    }

    /** The largest magnitude of what is expected, and the largest distance from it. */
    private static final class Distance {
        private double distance;
        private double magnitude;

        static Distance between(float[] ours, float[] expected, int from, int to) {
            Distance distance = new Distance();
            for (int i = from; i < to; i++) {
                distance.add(ours[i], expected[i]);
            }
            return distance;
        }

        void add(float ours, float expected) {
            distance = Math.max(distance, Math.abs(ours - (double) expected));
            magnitude = Math.max(magnitude, Math.abs(expected));
        }

        void assertWithin(String name, double bar) {
            assertWithin(name, bar, magnitude);
        }

        void assertWithin(String name, double bar, double ofMagnitude) {
            assertThat(distance).as(name).isLessThanOrEqualTo(bar * ofMagnitude); // both 0 for a rank without rows
        }
    }

    private static double largest(float[] values, int from, int to) {
        return Distance.between(values, values, from, to).magnitude;
    }

    private static void assertRelative(String name, double ours, double expected) {
        assertThat(Math.abs(ours - expected) / expected).as(name).isLessThan(LOSSES);
    }

    private static Batch samples(BertFixture golden, int first, int count) {
        return new BertBatch(
                Batches.positions(first, count),
                golden.targets(first, count),
                golden.input("input_ids", first, count),
                golden.input("token_type_ids", first, count),
                golden.input("labels", first, count),
                golden.lengths(first, count),
                golden.input("order_label", first, count));
    }

    private static TrainingConfig training(BertFixture golden, int microBatch, Recompute recompute) {
        return new TrainingConfig(
                1,
                microBatch,
                golden.samples(),
                1,
                new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                new Schedule(1e-3, 0, 0, Schedule.Decay.CONSTANT, 1),
                BatchRamp.NONE,
                0,
                recompute);
    }

    private static float[] read(Queue queue, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        queue.read(tensor, bytes);
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}

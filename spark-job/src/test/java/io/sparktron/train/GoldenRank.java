package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparktron.golden.GoldenFixture;
import io.sparktron.kernels.LossScaling;
import io.sparktron.kernels.StepState;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Parameter;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** One rank of a layout with the fixture's weights. */
final class GoldenRank implements AutoCloseable {
    private static final double LOGITS_AND_GRADIENTS = 1e-5;
    private static final double TRACE = 5e-6;
    private static final double FINAL_WEIGHTS = 5e-4;
    private static final LossScaling SCALING = new LossScaling(1024, 1000, 2, 1);

    private final GoldenFixture golden;
    private final ModelConfig config;
    private final Execution on;
    private final int microBatch;
    private final TrainingConfig training;
    private final Trainer trainer;
    private final TrainingState state;

    /** In float32. */
    GoldenRank(GoldenFixture golden, Execution on, int microBatch) {
        this(golden, on, microBatch, Precision.FP32);
    }

    GoldenRank(GoldenFixture golden, Execution on, int microBatch, Precision precision) {
        this.golden = golden;
        this.on = on;
        this.microBatch = microBatch;
        this.config = golden.config();
        this.training =
                training(golden, microBatch).in(precision, precision == Precision.FP16 ? SCALING : LossScaling.NONE);
        this.trainer = new Trainer(on, config, training);
        this.state = trainer.state();
        loadWeights();
    }

    void checkLogits() {
        MicroBatch batch = trainer.batch();
        Frame frame = trainer.frame();
        for (int sample = 0; sample < golden.samples(); sample += microBatch) {
            batch.write(on.queue(), Batches.positions(sample, microBatch), golden.tokens(sample, microBatch));
            long mark = frame.mark();
            Tensor logits = state.model().logits(frame, batch, 0, batch.tokens().elements());
            float[] ours = read(on.queue(), logits); // [n, v]
            int columns = (int) state.model().columns();
            int width = (int) logits.extent(1);
            double largest = 0;
            double distance = 0;
            for (int row = 0; row < logits.extent(0); row++) {
                for (int column = 0; column < columns; column++) {
                    int global = (sample * config.sequence() + row) * config.vocabulary()
                            + (int) state.model().firstColumn()
                            + column;
                    largest = Math.max(largest, Math.abs(golden.logit(global)));
                    distance = Math.max(distance, Math.abs(ours[row * width + column] - golden.logit(global)));
                }
            }
            assertThat(distance).as("logits").isLessThanOrEqualTo(LOGITS_AND_GRADIENTS * largest); // 0 without columns
            frame.release(mark);
        }
    }

    void checkGradients() {
        int share = golden.samples() / on.mesh().layout().data();
        int[] next = {on.mesh().dataRank() * share};
        trainer.step().accumulate(1, () -> {
            next[0] += microBatch;
            int first = next[0] - microBatch;
            return Batches.at(first, microBatch, golden.tokens(first, microBatch));
        });
        double loss = state.readStepState().getDouble(StepState.LOSS_SUM * Double.BYTES)
                / (golden.samples() * config.sequence());
        assertThat(Math.abs(loss - golden.loss()) / golden.loss()).as("loss").isLessThan(TRACE);
        for (Parameter parameter : state.parameters().all()) {
            check("grad.", parameter, parameter.gradient(), LOGITS_AND_GRADIENTS);
        }
    }

    void checkTrace() {
        List<TrainStep.Outcome> ours = trace();
        List<TrainStep.Outcome> expected = golden(golden);
        for (int step = 1; step <= expected.size(); step++) {
            double loss = expected.get(step - 1).loss();
            double norm = expected.get(step - 1).norm();
            assertThat(training.schedule().at(step))
                    .as("learning rate of step " + step)
                    .isEqualTo(
                            golden.trace().get("steps").get(step - 1).get("lr").asDouble());
            assertThat(Math.abs(ours.get(step - 1).loss() - loss) / loss)
                    .as("loss of step " + step)
                    .isLessThan(TRACE);
            assertThat(Math.abs(ours.get(step - 1).norm() - norm) / norm)
                    .as("gradient norm of step " + step)
                    .isLessThan(TRACE);
        }
        for (Parameter parameter : state.parameters().all()) {
            check("final.", parameter, parameter.value(), FINAL_WEIGHTS);
        }
    }

    /** What PyTorch's steps did, as far as it is compared. */
    static List<TrainStep.Outcome> golden(GoldenFixture golden) {
        List<TrainStep.Outcome> steps = new ArrayList<>();
        for (JsonNode step : golden.trace().get("steps")) {
            Losses losses = new Losses(step.get("loss").asDouble(), 0, null);
            steps.add(new TrainStep.Outcome(losses, step.get("grad_norm").asDouble(), 1, false, false));
        }
        return steps;
    }

    TrainingState state() {
        return state;
    }

    /** The steps of the fixture's trace. */
    ArrayList<TrainStep.Outcome> trace() {
        int share = golden.samples() / on.mesh().layout().data();
        ArrayList<TrainStep.Outcome> outcomes = new ArrayList<>();
        for (JsonNode expected : golden.trace().get("steps")) {
            int number = expected.get("step").asInt();
            int[] next = {(number - 1) * golden.samples() + on.mesh().dataRank() * share};
            outcomes.add(trainer.step().run(number, () -> {
                next[0] += microBatch;
                int first = next[0] - microBatch;
                return Batches.at(first, microBatch, golden.traceTokens(first, microBatch));
            }));
        }
        return outcomes;
    }

    /** Each tensor is held against its own largest magnitude, except the key biases: their gradient is zero in theory. */
    private void check(String kind, Parameter parameter, Tensor tensor, double bar) {
        float[] expected = expected(kind, parameter);
        Shape global = parameter.spec().global();
        float[] whole = golden.box(kind, parameter.name(), global, Box.whole(global));
        float[] ours = read(on.queue(), parameter.used(tensor));
        String name = kind + parameter.name();
        if (!parameter.name().endsWith("query_key_value.bias")) {
            assertClose(name, ours, expected, 0, ours.length, largest(whole, 0, whole.length), bar);
            return;
        }
        int part = ours.length / 3; // query, key, value
        int all = whole.length / 3;
        double query = largest(whole, 0, all);
        assertClose(name + ", query", ours, expected, 0, part, query, bar);
        assertClose(name + ", value", ours, expected, 2 * part, 3 * part, largest(whole, 2 * all, 3 * all), bar);
        if (kind.equals("grad.")) { // Adam turns their rounding noise into steps, so final values are not compared
            assertClose(name + ", key", ours, expected, part, 2 * part, query, bar);
        }
    }

    private float[] expected(String kind, Parameter parameter) {
        return golden.box(kind, parameter.name(), parameter.spec().global(), parameter.box());
    }

    private void loadWeights() {
        state.initialize(1);
        for (Parameter parameter : state.parameters().all()) {
            float[] values = expected("model.", parameter);
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            on.queue().write(bytes, parameter.owned().used(parameter.owned().master()));
        }
        state.spread();
    }

    @Override
    public void close() {
        trainer.close();
    }

    private static double largest(float[] values, int from, int to) {
        double largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    private static void assertClose(
            String name, float[] ours, float[] expected, int from, int to, double magnitude, double bar) {
        double distance = 0;
        for (int i = from; i < to; i++) {
            distance = Math.max(distance, Math.abs(ours[i] - (double) expected[i]));
        }
        assertThat(distance).as(name).isLessThanOrEqualTo(bar * magnitude); // both 0 for a rank without rows
    }

    private static TrainingConfig training(GoldenFixture golden, int microBatch) {
        JsonNode optimizer = golden.trace().get("optimizer");
        JsonNode schedule = golden.trace().get("schedule");
        return new TrainingConfig(
                schedule.get("total_steps").asLong(),
                microBatch,
                golden.samples(),
                1,
                new AdamConfig(
                        optimizer.get("beta1").asDouble(),
                        optimizer.get("beta2").asDouble(),
                        optimizer.get("eps").asDouble(),
                        optimizer.get("weight_decay").asDouble(),
                        optimizer.get("clip").asDouble()),
                new Schedule(
                        schedule.get("lr").asDouble(),
                        schedule.get("min_lr").asDouble(),
                        schedule.get("warmup_steps").asLong(),
                        Schedule.Decay.COSINE,
                        schedule.get("total_steps").asLong()));
    }

    private static float[] read(Queue queue, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        queue.read(tensor, bytes);
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}

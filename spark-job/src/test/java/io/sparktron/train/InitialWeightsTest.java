package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.OwnedPart;
import io.sparktron.parallel.Parameter;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a new run draws: GPT-2's distributions, by the seed and by nothing else. */
@Timeout(60)
class InitialWeightsTest {
    private static final ModelConfig MODEL = ModelConfig.gpt(8, 24, 3, 5, 7, 67);

    @Test
    void followsTheDistributionsOfGpt2() {
        onOneRank((on, parameter) -> {
            new InitialWeights(on, 7, Long.MAX_VALUE).draw(parameter);
            float[] values = read(on.queue(), parameter.value());
            String name = parameter.name();
            if (name.endsWith("bias")) {
                assertThat(values).as(name).containsOnly(0);
            } else if (name.endsWith("layernorm.weight")) {
                assertThat(values).as(name).containsOnly(1);
            } else {
                boolean feedsResidual =
                        name.endsWith("attention.dense.weight") || name.endsWith("mlp.dense_4h_to_h.weight");
                assertNormal(name, values, feedsResidual ? 0.02 / Math.sqrt(2 * 8) : 0.02);
            }
        });
    }

    @Test
    void doesNotDependOnThePieces() {
        onOneRank((on, parameter) -> {
            float[] whole = draw(on, parameter, 7, Long.MAX_VALUE);
            for (long piece : new long[] {1, 13, 50, 200}) {
                assertThat(draw(on, parameter, 7, piece))
                        .as(parameter.name() + " in pieces of " + piece)
                        .isEqualTo(whole);
            }
        });
    }

    /** Word embeddings are three chunks, of which each rank owns a part that begins and ends anywhere in the pieces. */
    @Test
    void aRankDrawsWhatItsOptimizerOwns() {
        ModelConfig model = ModelConfig.gpt(1, 139, 1, 5, 7, 67);
        Layout layout = new Layout(1, 3, false, true);
        new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        layout.ranks(),
                        context -> {
                            Execution on = Backends.PLAIN.execution(layout, context.world());
                            try (Trainer trainer = trainer(on, model, 3)) {
                                trainer.state().initialize(7);
                                for (Parameter parameter :
                                        trainer.state().parameters().all()) {
                                    OwnedPart part = parameter.owned();
                                    float[] whole = read(on.queue(), parameter.value());
                                    int first = (int) part.first();
                                    float[] owned = Arrays.copyOfRange(whole, first, first + (int) part.elements());
                                    for (long piece : new long[] {1, 50, 1000, 5000}) {
                                        on.kernels().elementwise().fill(on.queue(), part.used(part.master()), 9);
                                        new InitialWeights(on, 7, piece).draw(parameter);
                                        assertThat(read(on.queue(), part.master()))
                                                .as(parameter.name())
                                                .isEqualTo(owned);
                                    }
                                }
                            }
                            return 0;
                        },
                        report -> {});
    }

    @Test
    void aRunDrawsFromItsSeed() {
        onOneRank((on, parameter) -> {
            if (parameter.spec().initial().deviation() > 0) {
                assertThat(draw(on, parameter, 8, 50)).as(parameter.name()).isNotEqualTo(draw(on, parameter, 7, 50));
            }
        });
        new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        1,
                        context -> {
                            Execution on = Backends.PLAIN.execution(new Layout(1, 1), context.world());
                            try (Trainer trainer = trainer(on)) {
                                for (Parameter parameter :
                                        trainer.state().parameters().all()) {
                                    trainer.state().initialize(7);
                                    float[] initialized = read(on.queue(), parameter.value());
                                    assertThat(draw(on, parameter, 7, 50))
                                            .as(parameter.name())
                                            .isEqualTo(initialized);
                                }
                            }
                            return 0;
                        },
                        report -> {});
    }

    /** Mean and deviation within 5 standard errors; the draws are fixed by their seed. */
    private static void assertNormal(String name, float[] values, double deviation) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        int n = values.length;
        assertThat(Math.abs(sum / n)).as("mean of " + name).isLessThan(5 * deviation / Math.sqrt(n));
        assertThat(Math.abs(Math.sqrt(squares / n) - deviation))
                .as("deviation of " + name)
                .isLessThan(5 * deviation / Math.sqrt(2.0 * n));
    }

    private static float[] draw(Execution on, Parameter parameter, long seed, long piece) {
        on.kernels().elementwise().fill(on.queue(), parameter.value(), 9);
        new InitialWeights(on, seed, piece).draw(parameter);
        return read(on.queue(), parameter.value());
    }

    private static void onOneRank(BiConsumer<Execution, Parameter> test) {
        new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        1,
                        context -> {
                            Execution on = Backends.PLAIN.execution(new Layout(1, 1), context.world());
                            try (Trainer trainer = trainer(on)) {
                                trainer.state().parameters().all().forEach(parameter -> test.accept(on, parameter));
                            }
                            return 0;
                        },
                        report -> {});
    }

    private static Trainer trainer(Execution on) {
        return trainer(on, MODEL, 1);
    }

    private static Trainer trainer(Execution on, ModelConfig model, int globalBatch) {
        return new Trainer(
                on,
                model,
                new TrainingConfig(
                        1,
                        1,
                        globalBatch,
                        5,
                        new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                        new Schedule(1e-3, 0, 0, Schedule.Decay.CONSTANT, 0)));
    }

    private static float[] read(Queue queue, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        queue.read(tensor, bytes);
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}

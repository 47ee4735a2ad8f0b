package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.gpucheck.Agreement;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.Elementwise;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A test of the tests: what holds one layout against another refuses each of the classic silent errors of tensor parallelism. */
@Timeout(120)
class PlantedDefectTest {
    private static final Map<Precision, Agreement> AGREEMENTS = new EnumMap<>(Precision.class);
    private static final Layout TWO = new Layout(2, 1);
    private static final Layout TWO_SHARING_ROWS = new Layout(2, 1, true, false);

    private enum Defect {
        /** Gradients of the layer norms, whole on every rank, are added over the group as if they were parts. */
        REPLICATED_GRADIENT_COUNTED_TWICE(TWO) {
            @Override
            Execution plant(Execution on) {
                Elementwise elementwise = on.kernels().elementwise();
                return Planted.inKernels(on, (name, arguments, kernel) -> {
                    kernel.run();
                    if (arguments.length == 9 && name.equals("backward") && isVector(arguments[7])) {
                        for (int gradient = 7; gradient < 9; gradient++) {
                            Tensor sum = (Tensor) arguments[gradient];
                            elementwise.add((Queue) arguments[0], sum, sum);
                        }
                    }
                });
            }
        },
        /** Entering the split region, backward, each rank keeps the gradient through its own part. */
        MISSING_ALL_REDUCE_IN_F(TWO) {
            @Override
            Execution plant(Execution on) {
                boolean[] backward = {false};
                Execution watched = Planted.inKernels(on, (name, arguments, kernel) -> {
                    kernel.run();
                    if (name.equals("gradient") || name.equals("maximum")) { // of the cross entropy
                        backward[0] = name.equals("gradient");
                    }
                });
                return Planted.inTensorGroup(
                        watched,
                        (operation, after, group) -> backward[0]
                                        && operation instanceof AllReduce reduce
                                        && reduce.tensor().shape().rank() == 2
                                ? after.mark()
                                : group.start(operation, after));
            }
        },
        /** Each rank brings the sums over the whole vocabulary to where those over parts are added. */
        GATHERED_LOGITS_TAKEN_FOR_SPLIT_ONES(TWO) {
            @Override
            Execution plant(Execution on) {
                return Planted.inTensorGroup(on, (operation, after, group) -> {
                    boolean sums = operation instanceof AllReduce reduce
                            && reduce.tensor().shape().rank() == 2
                            && reduce.tensor().extent(0) == 2;
                    if (sums) {
                        group.run(operation, after);
                    }
                    return group.start(operation, after);
                });
            }
        },
        /** Rank 1 draws its masks from another stream. */
        DRIFTING_DROPOUT_STREAM(TWO) {
            @Override
            Execution plant(Execution on) {
                return drifting(on);
            }
        },
        /** The same where every rank drops in rows of its own. */
        DRIFTING_DROPOUT_STREAM_OF_SHARED_ROWS(TWO_SHARING_ROWS) {
            @Override
            Execution plant(Execution on) {
                return drifting(on);
            }
        },
        /** Every rank takes its first head for the model's first. */
        HEADS_COUNTED_FROM_EACH_RANK(TWO) {
            @Override
            Execution plant(Execution on) {
                return Planted.inKernels(on, (name, arguments, kernel) -> {
                    if (arguments.length > 9 && arguments[1] instanceof Boolean) {
                        for (int i = 0; i < arguments.length; i++) {
                            if (arguments[i] instanceof Dropout) {
                                arguments[i + 2] = 0L;
                            }
                        }
                    }
                    kernel.run();
                });
            }
        },
        /** Gradients of the layer norms, each rank's from its own rows, are taken for whole. */
        PARTIAL_SUM_TAKEN_FOR_WHOLE(TWO_SHARING_ROWS) {
            @Override
            Execution plant(Execution on) {
                return Planted.inTensorGroup(
                        on,
                        (operation, after, group) -> operation instanceof AllReduce reduce
                                        && reduce.tensor().shape().rank() == 1
                                        && reduce.tensor().elements() > 4 * 12 * 2
                                ? after.mark()
                                : group.start(operation, after));
            }
        };

        private final Layout layout;

        Defect(Layout layout) {
            this.layout = layout;
        }

        abstract Execution plant(Execution on);

        private static Execution drifting(Execution on) {
            if (on.mesh().tensorRank() == 0) {
                return on;
            }
            return Planted.inKernels(on, (name, arguments, kernel) -> {
                for (int i = 0; i < arguments.length; i++) {
                    if (arguments[i] instanceof Dropout dropout) {
                        arguments[i] = new Dropout(dropout.probability(), dropout.seed() + 1, dropout.site());
                    }
                }
                kernel.run();
            });
        }

        private static boolean isVector(Object argument) {
            return argument instanceof Tensor tensor && tensor.shape().rank() == 1;
        }
    }

    private static TinyRun oneRank(Precision precision) {
        return TinyRun.of(ModelConfig.gpt(2, 40, 4, 12, 15, 67), 3, 4)
                .dropping(0.1)
                .in(precision);
    }

    private static Agreement agreement(Precision precision) {
        return AGREEMENTS.computeIfAbsent(precision, in -> Agreements.with(oneRank(in)));
    }

    @ParameterizedTest
    @EnumSource(Defect.class)
    void isRefused(Defect defect) {
        assertRefused(Precision.FP32, defect);
    }

    /** What the first does is less than what rounding to 16 bits does: float32 has to find that. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REPLICATED_GRADIENT_COUNTED_TWICE")
    void isRefusedInSixteenBits(Defect defect) {
        assertRefused(Precision.BF16, defect);
        assertRefused(Precision.FP16, defect);
    }

    private static void assertRefused(Precision precision, Defect defect) {
        TinyRun damaged = oneRank(precision).at(defect.layout, 4).planted(defect::plant);
        assertThatThrownBy(() -> Agreements.check(agreement(precision), damaged.outcomes()))
                .as(precision.toString())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("share of the bound");
    }

    /** What plants them does no damage of its own. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void nothingPlantedIsAccepted(Precision precision) {
        UnaryOperator<Execution> nothing = on -> Planted.inTensorGroup(
                Planted.inKernels(on, (name, arguments, kernel) -> kernel.run()),
                (operation, after, group) -> group.start(operation, after));
        for (Layout layout : new Layout[] {TWO, TWO_SHARING_ROWS}) {
            TinyRun run = oneRank(precision).at(layout, 4);
            assertThat(run.planted(nothing).outcomes()).isEqualTo(run.outcomes());
            Agreements.check(agreement(precision), run.outcomes());
        }
    }
}

package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.sparktron.gpucheck.Agreement;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.Recompute;
import io.sparktron.parallel.Layout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One seed, many layouts: the same model, with dropout, whatever the ranks share and whatever is computed again. The table covers each pair of choices of tensor size, copies,
 * accumulation, shared rows, sharded optimizer, recomputation and backend; every row is held against one rank that has all for itself.
 */
@Timeout(300)
class LayoutTest {
    private static final int STEPS = 10;
    private static final int GLOBAL_BATCH = 4;
    private static final double DROPOUT = 0.1;
    private static final int[] TENSOR = {1, 2, 4};
    private static final int[] DATA = {1, 2};
    private static final int[] ACCUMULATION = {1, 2};
    private static final boolean[] CHOICE = {false, true};

    /** What is trained in the table; agreements are measured once for each. */
    private enum Subject {
        GPT(ModelConfig.Family.GPT, Precision.FP32),
        GPT_IN_BF16(ModelConfig.Family.GPT, Precision.BF16),
        GPT_IN_FP16(ModelConfig.Family.GPT, Precision.FP16),
        BERT(ModelConfig.Family.BERT, Precision.FP32),
        BERT_IN_FP16(ModelConfig.Family.BERT, Precision.FP16);

        private final TinyRun oneRank;

        Subject(ModelConfig.Family family, Precision precision) {
            this.oneRank = TinyRun.of(new ModelConfig(family, 2, 40, 4, 12, 15, 67), STEPS, GLOBAL_BATCH)
                    .dropping(DROPOUT)
                    .in(precision);
        }

        Agreement agreement() {
            return AGREEMENTS.computeIfAbsent(this, subject -> Agreements.with(subject.oneRank));
        }
    }

    private static final Map<Subject, Agreement> AGREEMENTS = new HashMap<>();
    private static final Map<Subject, Double> SHARES = new HashMap<>();

    private record Row(Subject subject, Layout layout, int microBatch, Recompute recompute, Backends backend) {
        TinyRun run() {
            return subject.oneRank.on(backend).at(layout, microBatch).with(recompute);
        }
    }

    static Stream<Row> table() {
        List<Row> rows = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            for (int[] row : Pairwise.cover(3, 2, 2, 2, 2, 3, 2)) {
                int data = DATA[row[1]];
                rows.add(new Row(
                        subject,
                        new Layout(TENSOR[row[0]], data, CHOICE[row[3]], CHOICE[row[4]]),
                        GLOBAL_BATCH / data / ACCUMULATION[row[2]],
                        Recompute.values()[row[5]],
                        Backends.values()[row[6]]));
            }
        }
        return rows.stream();
    }

    @ParameterizedTest
    @MethodSource("table")
    void layoutsAgree(Row row) {
        double share = Agreements.check(row.subject.agreement(), row.run().outcomes());
        SHARES.merge(row.subject, share, Math::max);
    }

    @AfterAll
    static void tellShares() {
        SHARES.forEach((subject, share) ->
                System.out.printf("%s: layouts used %.0f %% of the bound at most%n", subject, 100 * share));
    }

    @ParameterizedTest
    @EnumSource(Backends.class)
    void twiceTheSameLayoutIsTheSameBits(Backends backend) {
        for (Subject subject : Subject.values()) {
            TinyRun run = subject.oneRank.on(backend).at(new Layout(2, 2, true, true), 1);
            assertThat(run.outcomes()).as(subject.name()).isEqualTo(run.outcomes());
        }
    }

    @Test
    void deferringChangesNoBit() {
        for (Subject subject : Subject.values()) {
            TinyRun run = subject.oneRank.at(new Layout(2, 2, true, true), 2);
            assertThat(run.on(Backends.DEFERRING).outcomes()).as(subject.name()).isEqualTo(run.outcomes());
        }
    }

    @Test
    void lossFalls() {
        List<TrainStep.Outcome> one = Subject.GPT.agreement().reference();
        int vocabulary = Subject.GPT.oneRank.model().vocabulary();
        assertThat(one.get(0).loss()).isCloseTo(Math.log(vocabulary), withinPercentage(5));
        assertThat(one.get(STEPS - 1).loss()).isLessThan(one.get(0).loss() - 0.1);
    }

    /**
     * Rounding to 16 bits is a disturbance like others: the run in float32 is no farther away than 4 times the furthest of 8 whose weights were moved by one unit in the
     * last place of 16 bits.
     */
    @ParameterizedTest
    @EnumSource(names = {"GPT_IN_BF16", "GPT_IN_FP16", "BERT_IN_FP16"})
    void sixteenBitsTrainTheSameModel(Subject subject) {
        Subject float32 = subject == Subject.BERT_IN_FP16 ? Subject.BERT : Subject.GPT;
        double share = Agreements.check(subject.agreement(), float32.agreement().reference());
        System.out.printf("%s: float32 is at %.0f %% of the bound%n", subject, 100 * share);
    }

    /** Without this, the rows above would agree on nothing being dropped. */
    @Test
    void dropoutChangesTheLoss() {
        TrainStep.Outcome whole = Subject.GPT.oneRank.dropping(0).outcomes().get(0);
        TrainStep.Outcome dropped = Subject.GPT.agreement().reference().get(0);
        assertThat(Math.abs(dropped.loss() - whole.loss())).isGreaterThan(1e-3);
        assertThat(Math.abs(dropped.norm() - whole.norm())).isGreaterThan(1e-3);
    }
}
